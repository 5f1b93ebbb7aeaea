package dev.lamina.bench;

import dev.lamina.engine.placement.Placer;
import dev.lamina.gguf.LoadMode;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Devices and sessions for the tests of one model, one of each at a time. Tests that follow each
 * other share what does not differ between them: loading and filling a context take far longer than
 * most tests.
 */
public final class BenchSessions implements AutoCloseable {
  private final Function<LoadMode, LoadedModel> models;
  private final List<BenchRun> runs;
  private final BenchDevices.Source source;
  private final Consumer<String> warnings;
  private LoadMode mode;
  private LoadedModel model;
  private BenchSettings opened;
  private BenchDevices devices;
  private BenchRun loaded;
  private TimedSession session;

  /**
   * @param models loads the model
   * @param runs all that sessions will be asked for
   * @param warnings takes lines for the user
   */
  public BenchSessions(
      Function<LoadMode, LoadedModel> models,
      List<BenchRun> runs,
      BenchDevices.Source source,
      Consumer<String> warnings) {
    this.models = models;
    this.runs = List.copyOf(runs);
    this.source = source;
    this.warnings = warnings;
  }

  /** Of the model of the current session. */
  public BenchModel description() {
    return model.description();
  }

  public List<BenchRun> runs() {
    return runs;
  }

  /** The session for a run, valid until the next call. */
  public TimedSession at(BenchRun run) {
    if (loaded == null || !sharesSession(loaded, run)) {
      closeSession();
      BenchSettings settings = run.settings();
      loadModel(settings.loadMode());
      openDevices(settings);
      int positions =
          runs.stream()
              .filter(other -> sharesSession(run, other))
              .mapToInt(other -> other.test().positions())
              .max()
              .orElseThrow();
      Placer placer =
          new Placer(
              model.model(),
              run.settings().session(positions),
              settings.splitMode().equals("none")
                  ? run.placement().withMainGpu(-1)
                  : run.placement(),
              devices.targets(),
              warnings);
      session = new TimedSession(placer, run.settings(), run.test().nDepth());
      loaded = run;
    }
    return session;
  }

  /** Where the current session runs. */
  public BenchPlace place() {
    return BenchPlace.of(devices.targets(), session.gpuLayers());
  }

  private static boolean sharesSession(BenchRun a, BenchRun b) {
    return a.placement().equals(b.placement())
        && a.settings().computesAs(b.settings())
        && a.test().nDepth() == b.test().nDepth();
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

  private void closeSession() {
    loaded = null;
    if (session != null) {
      session.close();
      session = null;
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
    closeSession();
    closeDevices();
    closeModel();
  }
}
