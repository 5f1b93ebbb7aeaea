package dev.lamina.cli;

import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.GgufFile;
import dev.lamina.quantize.quality.BaseFile;
import dev.lamina.quantize.quality.Evaluation;
import dev.lamina.quantize.quality.Windows;
import dev.lamina.runtime.ModelFiles;
import dev.lamina.runtime.OpenDevices;
import java.io.IOException;
import java.nio.file.Path;

/** Opens sessions that evaluate a text, on the devices of the options. */
final class TextSessions {
  private static final int DEFAULT_WINDOW = 512;

  private final Console console;
  private final EngineOptions options;

  TextSessions(Console console, EngineOptions options) {
    this.console = console;
    this.options = options;
  }

  /** The work of a session. */
  interface Use {
    void accept(Session session) throws IOException;
  }

  /**
   * Runs work in a session.
   *
   * @param integers whether to multiply with activations in 8 bits, as a model is used; otherwise
   *     they are floats, so that only the weights' errors are measured
   * @param window size of the context in tokens
   */
  void withSession(GgufFile file, boolean integers, int window, Use use) throws IOException {
    BackendOptions asked = options.compute();
    BackendOptions compute =
        new BackendOptions(
            asked.threads(),
            integers,
            integers ? asked.kernels() : CpuKernels.VECTOR,
            asked.placement());
    RuntimeConfig fitting = options.session(window);
    try (OpenDevices devices = options.devices().open(console, compute, file.tensorBytes());
        Session session =
            new Session(
                new Placer(
                    ModelFiles.load(file, options.rope(), new ConsoleListener(console)),
                    fitting.withMaxLogits(fitting.batchSize()),
                    options.devices().placement(),
                    devices.targets(),
                    line -> new ConsoleListener(console).warn(line)))) {
      use.accept(session);
    }
  }

  /**
   * Evaluates a text with a model and writes the predictions to a file.
   *
   * @param chunks largest number of windows; -1 for all
   * @return the windows of the text
   * @throws CliException if the text is too short
   */
  Windows writeBase(GgufFile file, String text, int chunks, Path base) throws IOException {
    int size = options.contextOr(DEFAULT_WINDOW);
    Windows[] result = new Windows[1];
    withSession(
        file,
        false,
        size,
        session -> {
          int[] tokens = session.model().tokenizer().encode(text, true, false);
          Windows windows = windows(tokens, size, chunks);
          Progress progress = new Progress(console, "Reading the text", windows.count());
          try (BaseFile written =
              BaseFile.createExact(base, windows, session.model().config().nVocab())) {
            Evaluation.perplexity(session, windows, written, (_, _) -> progress.add(1));
            written.finish();
          }
          progress.finish();
          result[0] = windows;
        });
    return result[0];
  }

  private static Windows windows(int[] tokens, int size, int chunks) {
    try {
      return Windows.of(tokens, size, chunks);
    } catch (IllegalArgumentException e) {
      throw new CliException(Errors.refusal(e), e);
    }
  }
}
