package dev.lamina.cli;

import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.engine.placement.Placement;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.placement.ProductObserver;
import dev.lamina.gguf.GgufFile;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A model with a session, ready to generate.
 *
 * @param repackedBytes of copies of weights that the CPU multiplies faster than the file's
 * @param loadNanos time that it took to get there
 */
record Engine(
    GgufFile file, OpenDevices devices, Session session, long repackedBytes, long loadNanos)
    implements AutoCloseable {

  static Engine start(Console console, ModelOptions modelOptions, EngineOptions options) {
    return start(console, modelOptions, options, options::session);
  }

  /**
   * @param sizes of the session, for a model
   */
  static Engine start(
      Console console,
      ModelOptions modelOptions,
      EngineOptions options,
      Function<ModelConfig, SessionConfig> sizes) {
    return start(console, modelOptions, options, sizes, null);
  }

  /**
   * @param sizes of the session, for a model
   * @param observer is shown the inputs of matrix products; null for none
   */
  static Engine start(
      Console console,
      ModelOptions modelOptions,
      EngineOptions options,
      Function<ModelConfig, SessionConfig> sizes,
      ProductObserver observer) {
    long start = System.nanoTime();
    GgufFile file = modelOptions.open(console);
    OpenDevices devices = null;
    try {
      Model model = ModelFiles.load(console, file, options.rope());
      SessionConfig config = sizes.apply(model.config());
      if (config.contextLength() > model.config().contextLength()) {
        console
            .err()
            .println(
                "warning: the model was trained for %d tokens of context; beyond them, of %d, it may write nonsense"
                    .formatted(model.config().contextLength(), config.contextLength()));
      }
      devices =
          OpenDevices.open(console, options.devices(), options.compute(), ModelFiles.bytes(file));
      Placer placer =
          new Placer(
              model,
              config,
              options.devices().placement(),
              devices.targets(),
              line -> OpenDevices.warn(console, line),
              observer);
      placer.checkMemory();
      ReadAhead.read(file, console);
      Session session = session(placer);
      if (options.devices().wantsGpu()) {
        tellIfNothingFits(console, session.placement());
      }
      tellPlacement(console, session.placement(), config);
      long repacked = session.placement().memory(0, config).weights();
      return new Engine(file, devices, session, repacked, System.nanoTime() - start);
    } catch (RuntimeException | Error e) {
      if (devices != null) {
        devices.close();
      }
      file.close();
      throw e;
    }
  }

  private static Session session(Placer placer) {
    try {
      return new Session(placer);
    } catch (IllegalArgumentException e) {
      throw new CliException(e.getMessage(), e);
    }
  }

  private static void tellIfNothingFits(Console console, Placement placement) {
    int gpus = placement.targets().size() - 1;
    if (gpus > 0
        && IntStream.rangeClosed(1, gpus).allMatch(i -> placement.segmentsOf(i).isEmpty())) {
      OpenDevices.warn(console, "no layer fits on a GPU; everything runs on the CPU");
    }
  }

  /** A line for each GPU in use. */
  private static void tellPlacement(Console console, Placement placement, SessionConfig config) {
    for (int i = 1; i < placement.targets().size(); i++) {
      if (!placement.segmentsOf(i).isEmpty()) {
        console
            .err()
            .println(
                "%s (%s): %d of %d layers%s, %s"
                    .formatted(
                        placement.targets().get(i).id(),
                        SafeText.oneLine(placement.targets().get(i).device().name()),
                        placement.nLayersOn(i),
                        placement.layers().size(),
                        placement.head() == i ? " and the output head" : "",
                        Sizes.of(placement.memory(i, config).total())));
      }
    }
  }

  /** What repacked weights are multiplied with. */
  CpuKernels cpuKernels() {
    return devices.targets().getFirst().backend().kernels();
  }

  Model model() {
    return session.model();
  }

  @Override
  public void close() {
    session.close();
    devices.close();
    file.close();
  }
}
