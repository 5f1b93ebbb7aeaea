package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.output.OutputException;
import dev.lamina.quantize.quality.BaseFile;
import dev.lamina.quantize.quality.Evaluation;
import dev.lamina.quantize.quality.ShortTextException;
import dev.lamina.quantize.quality.Windows;
import dev.lamina.runtime.OpenModel;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Measures how well a model predicts a text, alone or against a better one. */
final class PerplexityCommand implements Command {
  private static final int DEFAULT_WINDOW = 512;
  private final Console console;
  private CommandSpec spec;
  private ModelOptions model = new ModelOptions();
  private TextOptions text = new TextOptions();
  private int chunks;
  private Path base;
  private boolean divergence;
  private int stride;
  private int outputType;
  private final PerplexityTasks tasks = new PerplexityTasks();
  private final EngineOptions engineOptions = new EngineOptions();

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe(
        "Measures how well a model predicts a text, in windows of the context's size (-c, 512 if not given).");
    options.addAll(model);
    options.addAll(text);
    options.add(
        OptionSpec.builder("--chunks")
            .paramLabel("N")
            .defaultValue("-1")
            .description("most windows; -1: all (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> chunks = value);
    options.add(
        OptionSpec.builder("--kl-divergence-base", "--save-all-logits")
            .paramLabel("FILE")
            .description(
                "with --kl-divergence: what another model makes of the text, to compare with; else the file to write that to"),
        Path.class,
        value -> base = value);
    options.add(
        OptionSpec.builder("--kl-divergence")
            .description("compare with the model that wrote the file; the text is in it"),
        boolean.class,
        value -> divergence = value);
    options.add(
        OptionSpec.builder("--ppl-stride")
            .paramLabel("N")
            .defaultValue("0")
            .description(
                "let windows overlap: each begins N tokens after the one before, and its last N are scored; 0: windows follow each other (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> stride = value);
    options.add(
        OptionSpec.builder("--ppl-output-type")
            .paramLabel("0|1")
            .defaultValue("0")
            .description(
                "print the perplexity after each window in one line, or in columns: position, perplexity, its logarithm and that one's error (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> outputType = value);
    options.group("%nTasks%n", tasks);
    options.group("%nContext and computation%n", engineOptions);
  }

  PerplexityCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    try {
      check();
      PerplexityTasks.Work work = tasks.read(console, text);
      if (work != null) {
        int size = engineOptions.contextOr(DEFAULT_WINDOW);
        try (OpenModel engine = start(size);
            Session session = new Session(engine.loaded())) {
          work.run(console, session, size);
        }
      } else if (divergence) {
        compare();
      } else {
        if (base != null) {
          OutputFiles.check(spec, base);
        }
        measure();
      }
    } catch (OutputException e) {
      throw OutputFiles.failed(base, e);
    } catch (IllegalArgumentException e) {
      throw usage(Errors.refusal(e));
    } catch (IOException e) {
      throw new CliException("cannot use " + base + ": " + reason(e), e);
    }
  }

  private void check() {
    if (divergence && base == null) {
      throw usage("--kl-divergence needs --kl-divergence-base FILE");
    }
    if (chunks == 0 || chunks < -1) {
      throw usage("--chunks is " + chunks + ", expected 1 or more, or -1");
    }
    if (stride < 0) {
      throw usage("--ppl-stride is " + stride + ", expected 0 or more");
    }
    if (stride > 0 && base != null) {
      throw usage("--ppl-stride and --kl-divergence-base exclude each other");
    }
    if (outputType != 0 && outputType != 1) {
      throw usage("--ppl-output-type is " + outputType + ", expected 0 or 1");
    }
    tasks.check(divergence, stride > 0);
    engineOptions.check();
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private OpenModel start(int window) {
    return ModelStart.start(
        console,
        model,
        engineOptions,
        _ -> {
          RuntimeConfig fitting = engineOptions.session(window);
          return fitting.withMaxLogits(fitting.batchSize());
        },
        null);
  }

  private void measure() throws IOException {
    String words = text.read(console);
    if (words == null) {
      throw usage("no text; give one with -f FILE, or pipe it in");
    }
    int size = engineOptions.contextOr(DEFAULT_WINDOW);
    try (OpenModel engine = start(size + stride / 2);
        Session session = new Session(engine.loaded())) {
      int[] tokens = engine.model().tokenizer().encode(words, true, false);
      Windows windows = stride > 0 ? sliding(tokens, size) : Windows.of(tokens, size, chunks);
      if (base == null) {
        measure(session, windows, null);
      } else {
        int nVocab = engine.model().config().nVocab();
        try (BaseFile file = BaseFile.create(base, windows, nVocab)) {
          measure(session, windows, file);
          file.finish();
        }
      }
    }
  }

  private Windows sliding(int[] tokens, int size) {
    try {
      return Windows.sliding(tokens, size, stride, chunks);
    } catch (ShortTextException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw usage("--ppl-stride: " + e.getMessage() + " (-c)");
    }
  }

  private void measure(Session session, Windows windows, BaseFile file) throws IOException {
    PerplexityReport report = new PerplexityReport(console, windows);
    report.end(
        Evaluation.perplexity(
                session,
                windows,
                file,
                (soFar, w) -> {
                  if (outputType == 0) {
                    report.window(w, soFar.estimate());
                  } else {
                    report.windowInColumns(w, soFar);
                  }
                })
            .estimate());
  }

  private void compare() throws IOException {
    try (BaseFile file = BaseFile.open(base)) {
      Windows windows = file.windows();
      try (OpenModel engine = start(windows.size());
          Session session = new Session(engine.loaded())) {
        int nVocab = engine.model().config().nVocab();
        if (nVocab != file.nVocab()) {
          throw new CliException(
              base
                  + " is of a model with "
                  + file.nVocab()
                  + " tokens in its vocabulary, this one has "
                  + nVocab
                  + "; give models of one family");
        }
        compare(session, file);
      }
    }
  }

  private void compare(Session session, BaseFile file) throws IOException {
    PerplexityReport report = new PerplexityReport(console, file.windows());
    report.comparisonHeader();
    report.end(
        Evaluation.divergence(session, file, chunks, (soFar, w) -> report.comparison(w, soFar)));
  }
}
