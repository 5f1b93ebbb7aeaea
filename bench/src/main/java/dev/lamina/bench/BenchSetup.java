package dev.lamina.bench;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.placement.Placer;
import dev.lamina.gguf.LoadMode;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One model and the devices that it is measured on, which are opened anew only where a run needs
 * others than the one before: loading takes far longer than most tests.
 */
public final class BenchSetup implements AutoCloseable {
  private final Function<LoadMode, MeasuredModel> models;
  private final BenchDevices.Source source;
  private final Consumer<String> warnings;
  private LoadMode mode;
  private MeasuredModel model;
  private BenchSettings opened;
  private BenchDevices devices;

  /**
   * @param models loads the model
   * @param warnings takes lines for the user
   */
  public BenchSetup(
      Function<LoadMode, MeasuredModel> models,
      BenchDevices.Source source,
      Consumer<String> warnings) {
    this.models = models;
    this.source = source;
    this.warnings = warnings;
  }

  /** Of the model of the current run. */
  public BenchModel description() {
    return model.description();
  }

  /**
   * Places the model for a run. What was placed for earlier runs has to be closed.
   *
   * @param config sizes of what is loaded
   */
  public Placer placer(BenchRun run, RuntimeConfig config) {
    BenchSettings settings = run.settings();
    loadModel(settings.loadMode());
    openDevices(settings);
    return new Placer(
        model.model(),
        config,
        settings.splitMode().equals("none") ? run.placement().withMainGpu(-1) : run.placement(),
        devices.targets(),
        warnings);
  }

  /**
   * Where the current run is computed.
   *
   * @param gpuLayers layers that are on GPUs, and one more for the output head
   */
  public BenchPlace place(int gpuLayers) {
    return BenchPlace.of(devices.targets(), gpuLayers);
  }

  /**
   * Loads the model in another mode; devices hold copies of its weights, so they are closed first.
   */
  private void loadModel(LoadMode wanted) {
    if (wanted != mode) {
      closeDevices();
      closeModel();
      model = models.apply(wanted);
      mode = wanted;
    }
  }

  private void openDevices(BenchSettings settings) {
    if (opened == null || !settings.usesSameDevices(opened)) {
      closeDevices();
      devices = source.open(model, settings);
      opened = settings;
    }
  }

  private void closeDevices() {
    opened = null;
    if (devices != null) {
      devices.close();
      devices = null;
    }
  }

  private void closeModel() {
    mode = null;
    if (model != null) {
      model.close();
      model = null;
    }
  }

  @Override
  public void close() {
    closeDevices();
    closeModel();
  }
}
