package dev.lamina.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Times tests the way llama-bench does: random tokens, no sampling, a warm-up before. */
public final class BenchRunner {
  private final BenchProtocol protocol;
  private final BenchProgress progress;

  public BenchRunner(BenchProtocol protocol, BenchProgress progress) {
    this.protocol = protocol;
    this.progress = progress;
  }

  /**
   * Runs all tests of a model.
   *
   * @param results takes each as it comes
   */
  public void run(BenchSessions sessions, Consumer<BenchResult> results) {
    for (BenchRun run : sessions.runs()) {
      progress.next();
      TimedSession session = sessions.at(run);
      protocol.delay();
      session.fill(progress);
      if (protocol.warmUp()) {
        session.warmUp(run.test(), progress);
      }
      Instant time = Instant.now();
      List<Long> nanos = new ArrayList<>();
      for (int i = 0; i < protocol.repetitions(); i++) {
        progress.repetition(run.test(), i, protocol.repetitions());
        nanos.add(session.time(run.test()));
      }
      results.accept(new BenchResult(sessions.description(), run, sessions.place(), time, nanos));
    }
  }
}
