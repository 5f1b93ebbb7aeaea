package dev.lamina.runtime;

import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.placement.Placement;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.schedule.LoadedModel;
import dev.lamina.gguf.Beside;
import dev.lamina.gguf.GgufFile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A model on its devices, ready to generate.
 *
 * @param repackedBytes size of the weights' repacked copies, which the CPU multiplies faster
 * @param loadNanos time that loading took
 */
public record OpenModel(
    GgufFile file, OpenDevices devices, LoadedModel loaded, long repackedBytes, long loadNanos)
    implements AutoCloseable {

  /**
   * Loads a model and places it. The result owns the file; if it fails, the file is closed.
   *
   * @param opener opens the file
   * @throws dev.lamina.gguf.GgufFormatException if the file's metadata is wrong
   * @throws dev.lamina.gguf.UnsupportedModelException if the model cannot be run
   * @throws DeviceException if a requested device cannot be used
   * @throws dev.lamina.engine.placement.PlacementException if the requested placement is impossible
   * @throws IllegalArgumentException if the settings do not suit the model
   */
  public static OpenModel start(
      Supplier<GgufFile> opener, ModelSettings settings, LoadListener listener) {
    long start = System.nanoTime();
    GgufFile file = opener.get();
    List<String> warnings = new ArrayList<>();
    Beside<OpenDevices> opening = null;
    OpenDevices devices = null;
    try {
      opening =
          Beside.start(
              "lamina-devices",
              () ->
                  OpenDevices.open(
                      settings.devices(), settings.compute(), file.tensorBytes(), warnings::add));
      Model model =
          settings.observer() == null
              ? ModelFiles.load(file, settings.rope(), listener)
              : ModelFiles.loadWithAllRows(file, settings.rope(), listener);
      RuntimeConfig config = settings.sizes().apply(model.config());
      if (config.contextLength() > model.config().contextLength()) {
        listener.warn(
            "the model was trained for %d tokens of context; beyond them, of %d, it may write nonsense"
                .formatted(model.config().contextLength(), config.contextLength()));
      }
      devices = opening.get();
      warnings.forEach(listener::warn);
      Placer placer =
          new Placer(
              model,
              config,
              settings.placement(),
              devices.targets(),
              listener::warn,
              settings.observer());
      placer.checkMemory();
      ReadAhead.read(file, listener);
      LoadedModel loaded = new LoadedModel(placer);
      tellPlacement(loaded.placement(), config, settings.devices().wanted(), listener);
      long repacked = loaded.placement().memory(0, config).weights();
      return new OpenModel(file, devices, loaded, repacked, System.nanoTime() - start);
    } catch (RuntimeException | Error e) {
      close(devices, opening, e);
      file.close();
      throw e;
    }
  }

  /**
   * Closes devices after a failure.
   *
   * @param devices null if nobody has waited for them yet
   * @param opening null if it has not begun
   */
  private static void close(OpenDevices devices, Beside<OpenDevices> opening, Throwable failure) {
    if (devices != null) {
      devices.close();
    } else if (opening != null) {
      try {
        opening.get().close();
      } catch (RuntimeException | Error e) {
        if (!e.equals(failure)) {
          failure.addSuppressed(e); // the model's problem is told, whichever came first
        }
      }
    }
  }

  /** Reports a line for each GPU in use. */
  private static void tellPlacement(
      Placement placement, RuntimeConfig config, boolean wanted, LoadListener listener) {
    int gpus = placement.targets().size() - 1;
    if (wanted
        && gpus > 0
        && IntStream.rangeClosed(1, gpus).allMatch(i -> placement.segmentsOf(i).isEmpty())) {
      listener.warn("no layer fits on a GPU; everything runs on the CPU");
    }
    for (int i = 1; i <= gpus; i++) {
      if (!placement.segmentsOf(i).isEmpty()) {
        listener.note(
            "%s (%s): %d of %d layers%s, %s"
                .formatted(
                    placement.targets().get(i).id(),
                    placement.targets().get(i).device().name(),
                    placement.nLayersOn(i),
                    placement.layers().size(),
                    placement.head() == i ? " and the output head" : "",
                    Sizes.of(placement.memory(i, config).total())));
      }
    }
  }

  /** The kernels that multiply repacked weights. */
  public CpuKernels cpuKernels() {
    return devices.targets().getFirst().backend().kernels();
  }

  public Model model() {
    return loaded.model();
  }

  @Override
  public void close() {
    loaded.close();
    devices.close();
    file.close();
  }
}
