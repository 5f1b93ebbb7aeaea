package dev.lamina.bench;

import java.util.List;

/**
 * Sessions for the tests of one model, one at a time. Tests that follow each other share what does
 * not differ between them: loading and filling a context take far longer than most tests.
 */
public final class BenchSessions implements AutoCloseable {
  private final BenchSetup setup;
  private final List<BenchRun> runs;
  private BenchRun loaded;
  private TimedSession session;

  /**
   * @param setup to be closed by the caller, after this
   * @param runs all that sessions will be asked for
   */
  public BenchSessions(BenchSetup setup, List<BenchRun> runs) {
    this.setup = setup;
    this.runs = List.copyOf(runs);
  }

  /** Of the model of the current session. */
  public BenchModel description() {
    return setup.description();
  }

  public List<BenchRun> runs() {
    return runs;
  }

  /** The session for a run, valid until the next call. */
  public TimedSession at(BenchRun run) {
    if (loaded == null || !sharesSession(loaded, run)) {
      close();
      int positions =
          runs.stream()
              .filter(other -> sharesSession(run, other))
              .mapToInt(other -> other.test().positions())
              .max()
              .orElseThrow();
      session =
          new TimedSession(
              setup.placer(run, run.settings().session(positions, positions)),
              run.settings(),
              run.test().nDepth());
      loaded = run;
    }
    return session;
  }

  /** Where the current session runs. */
  public BenchPlace place() {
    return setup.place(session.gpuLayers());
  }

  private static boolean sharesSession(BenchRun a, BenchRun b) {
    return a.sharesModel(b) && a.test().nDepth() == b.test().nDepth();
  }

  @Override
  public void close() {
    loaded = null;
    if (session != null) {
      session.close();
      session = null;
    }
  }
}
