package dev.lamina.bench.batched;

import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchSetup;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.placement.Placer;
import java.util.List;

/** Sessions for the runs of one model, one at a time; runs with the same settings share one. */
public final class BatchedSessions implements AutoCloseable {
  private final BenchSetup setup;
  private final List<BatchedRun> runs;
  private BatchedRun loaded;
  private BatchedSession session;

  /**
   * @param setup to be closed by the caller, after this
   * @param runs all that sessions will be asked for
   */
  public BatchedSessions(BenchSetup setup, List<BatchedRun> runs) {
    this.setup = setup;
    this.runs = List.copyOf(runs);
  }

  /** Of the model of the current session. */
  public BenchModel description() {
    return setup.description();
  }

  public List<BatchedRun> runs() {
    return runs;
  }

  /**
   * The session for a run, valid until the next call.
   *
   * @throws IllegalArgumentException if more texts are in one pass than it can have
   */
  public BatchedSession at(BatchedRun run) {
    if (loaded == null || !loaded.run().sharesModel(run.run())) {
      close();
      List<BatchedRun> sharing =
          runs.stream().filter(other -> other.run().sharesModel(run.run())).toList();
      session = new BatchedSession(placer(run, sharing), run.run().settings());
      loaded = run;
    }
    return session;
  }

  private Placer placer(BatchedRun run, List<BatchedRun> sharing) {
    RuntimeConfig config = BatchedSession.config(sharing);
    try {
      return setup.placer(run.run(), config);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "the logits of %d texts do not fit one array; a smaller -ub puts fewer into a pass"
              .formatted(config.sequences()),
          e);
    }
  }

  /** Where the current session runs. */
  public BenchPlace place() {
    return setup.place(session.gpuLayers());
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
