package dev.lamina.bench.batched;

import dev.lamina.bench.BenchProgress;
import dev.lamina.bench.BenchProtocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Times runs of streams, with a warm-up before each. */
public final class BatchedRunner {
  private final BenchProtocol protocol;
  private final BenchProgress progress;

  public BatchedRunner(BenchProtocol protocol, BenchProgress progress) {
    this.protocol = protocol;
    this.progress = progress;
  }

  /**
   * Runs all of a model.
   *
   * @param results takes each as it comes
   */
  public void run(BatchedSessions sessions, Consumer<BatchedResult> results) {
    for (BatchedRun run : sessions.runs()) {
      progress.next();
      BatchedSession session = sessions.at(run);
      protocol.delay();
      if (protocol.warmUp()) {
        session.warmUp(run, progress);
      }
      Instant time = Instant.now();
      List<BatchedTimes> times = new ArrayList<>();
      for (int i = 0; i < protocol.repetitions(); i++) {
        progress.step("texts run " + (i + 1) + "/" + protocol.repetitions());
        times.add(session.time(run));
      }
      results.accept(new BatchedResult(sessions.description(), run, sessions.place(), time, times));
    }
  }
}
