package dev.lamina.bench.compare;

import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchProgress;
import dev.lamina.bench.BenchProtocol;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchSessions;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.TimedSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Times tests with Lamina and llama-bench in turns, so that both meet the same machine. Lamina's
 * model stays loaded; its threads are parked while llama-bench runs.
 */
public final class ComparisonRunner {
  private final LlamaBench llamaBench;
  private final BenchProtocol protocol;
  private final BenchProgress progress;

  public ComparisonRunner(LlamaBench llamaBench, BenchProtocol protocol, BenchProgress progress) {
    this.llamaBench = llamaBench;
    this.protocol = protocol;
    this.progress = progress;
  }

  /**
   * Runs all tests of a model.
   *
   * @param model the file that both read
   * @param results takes each as it comes
   * @throws LlamaBenchException if llama-bench fails
   */
  public void run(BenchSessions sessions, Path model, Consumer<Comparison> results) {
    for (BenchRun run : sessions.runs()) {
      progress.next();
      TimedSession session = sessions.at(run);
      protocol.delay();
      session.fill(progress);
      if (protocol.warmUp()) {
        session.warmUp(run.test(), progress);
      }
      results.accept(turns(sessions, session, run, model));
    }
  }

  private Comparison turns(BenchSessions sessions, TimedSession session, BenchRun run, Path model) {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    String build = "";
    BenchTest test = run.test();
    for (int i = 0; i < protocol.repetitions(); i++) {
      String turn = " turn " + (i + 1) + "/" + protocol.repetitions();
      progress.step("Lamina" + turn);
      if (protocol.warmUp()) {
        session.touch();
      }
      ours.add(test.tokens() * 1e9 / session.time(test));
      progress.step("llama.cpp" + turn);
      BenchPlace place = sessions.place();
      LlamaBench.Answer answer = llamaBench.time(model, run, place, protocol.warmUp());
      theirs.add(answer.speed());
      build = answer.build();
    }
    return new Comparison(sessions.description(), run, sessions.place(), ours, theirs, build);
  }
}
