package dev.lamina.bench.compare;

import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchProgress;
import dev.lamina.bench.BenchProtocol;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchSessions;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.TimedSession;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.placement.PlacementOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Times tests with Lamina and llama-bench in turns, so that both meet the same machine. A turn has
 * all tests with the same settings and depth, with each kind of Lamina's kernels. Lamina's model
 * stays loaded where there is one kind; its threads are parked while llama-bench runs.
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
    sessions.runs().stream()
        .collect(Collectors.groupingBy(Turn::of, LinkedHashMap::new, Collectors.toList()))
        .values()
        .forEach(runs -> turns(sessions, runs, model, results));
  }

  /** What the runs of a turn share. */
  private record Turn(PlacementOptions placement, BenchSettings settings, int depth) {
    static Turn of(BenchRun run) {
      BenchSettings settings = run.settings().withKernels(CpuKernels.AUTO);
      return new Turn(run.placement(), settings, run.test().nDepth());
    }
  }

  private void turns(
      BenchSessions sessions, List<BenchRun> runs, Path model, Consumer<Comparison> results) {
    List<BenchTest> tests = runs.stream().map(BenchRun::test).distinct().toList();
    Map<BenchRun, List<Double>> ours = new LinkedHashMap<>();
    Map<BenchTest, List<Double>> theirs = new LinkedHashMap<>();
    Map<BenchRun, BenchPlace> places = new HashMap<>();
    String build = "";
    for (int i = 0; i < protocol.repetitions(); i++) {
      String turn = " turn " + (i + 1) + "/" + protocol.repetitions();
      for (BenchRun run : runs) {
        double speed = time(sessions, run, i == 0, turn);
        ours.computeIfAbsent(run, _ -> new ArrayList<>()).add(speed);
        places.put(run, sessions.place());
      }
      progress.step("llama.cpp" + turn);
      for (var answer :
          llamaBench
              .time(model, runs.getFirst(), tests, sessions.place(), protocol.warmUp())
              .entrySet()) {
        theirs
            .computeIfAbsent(answer.getKey(), _ -> new ArrayList<>())
            .add(answer.getValue().speed());
        build = answer.getValue().build();
      }
    }
    for (BenchRun run : runs) {
      results.accept(
          new Comparison(
              sessions.description(),
              run,
              places.get(run),
              ours.get(run),
              theirs.get(run.test()),
              build));
    }
  }

  /** Tokens per second. */
  private double time(BenchSessions sessions, BenchRun run, boolean first, String turn) {
    TimedSession session = sessions.at(run);
    session.fill(progress);
    if (first) {
      progress.next();
      protocol.delay();
      if (protocol.warmUp()) {
        session.warmUp(run.test(), progress);
      }
    }
    progress.step("Lamina" + turn);
    if (protocol.warmUp()) {
      session.touch();
    }
    return run.test().tokens() * 1e9 / session.time(run.test());
  }
}
