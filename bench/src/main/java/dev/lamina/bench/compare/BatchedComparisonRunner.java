package dev.lamina.bench.compare;

import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchProgress;
import dev.lamina.bench.BenchProtocol;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.batched.BatchedRun;
import dev.lamina.bench.batched.BatchedSession;
import dev.lamina.bench.batched.BatchedSessions;
import dev.lamina.bench.batched.BatchedTimes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Times streams with Lamina and llama-batched-bench in turns, so that both meet the same machine. A
 * turn has all numbers of streams. Lamina's model stays loaded; its threads are parked while the
 * other program runs.
 */
public final class BatchedComparisonRunner {
  private final LlamaBatchedBench theirs;
  private final BenchProtocol protocol;
  private final BenchProgress progress;

  public BatchedComparisonRunner(
      LlamaBatchedBench theirs, BenchProtocol protocol, BenchProgress progress) {
    this.theirs = theirs;
    this.protocol = protocol;
    this.progress = progress;
  }

  /**
   * Runs all of a model.
   *
   * @param model the file that both read
   * @param results takes each as it comes
   * @throws LlamaBenchException if llama-batched-bench fails
   */
  public void run(BatchedSessions sessions, Path model, Consumer<BatchedComparison> results) {
    String build = theirs.build(model);
    sessions.runs().stream()
        .collect(Collectors.groupingBy(BatchedRun::run, LinkedHashMap::new, Collectors.toList()))
        .forEach((run, runs) -> turns(sessions, run, runs, new Peer(model, build), results));
  }

  /** What llama.cpp reads and what it is. */
  private record Peer(Path model, String build) {}

  private void turns(
      BatchedSessions sessions,
      BenchRun shared,
      List<BatchedRun> runs,
      Peer peer,
      Consumer<BatchedComparison> results) {
    Map<BatchedRun, List<BatchedTimes>> ourTimes = new LinkedHashMap<>();
    Map<Integer, List<BatchedTimes>> theirTimes = new LinkedHashMap<>();
    Set<Integer> streams =
        runs.stream().map(BatchedRun::streams).collect(Collectors.toCollection(TreeSet::new));
    for (int i = 0; i < protocol.repetitions(); i++) {
      String turn = " turn " + (i + 1) + "/" + protocol.repetitions();
      for (BatchedRun run : runs) {
        BatchedTimes times = time(sessions, run, i == 0, turn);
        ourTimes.computeIfAbsent(run, _ -> new ArrayList<>()).add(times);
      }
      progress.step("llama.cpp" + turn);
      theirs
          .time(peer.model(), shared, streams, sessions.place())
          .forEach((n, times) -> theirTimes.computeIfAbsent(n, _ -> new ArrayList<>()).add(times));
    }
    BenchPlace where = sessions.place();
    ourTimes.forEach((run, times) ->
        results.accept(
            new BatchedComparison(
                sessions.description(),
                run,
                where,
                times,
                theirTimes.get(run.streams()),
                peer.build())));
  }

  private BatchedTimes time(BatchedSessions sessions, BatchedRun run, boolean first, String turn) {
    BatchedSession session = sessions.at(run);
    if (first) {
      progress.next();
      protocol.delay();
      if (protocol.warmUp()) {
        session.warmUp(run, progress);
      }
    }
    progress.step("Lamina" + turn);
    if (protocol.warmUp()) {
      session.touch();
    }
    return session.time(run);
  }
}
