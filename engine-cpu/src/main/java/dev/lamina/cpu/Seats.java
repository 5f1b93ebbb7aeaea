package dev.lamina.cpu;

import dev.lamina.engine.backend.CpuMask;
import dev.lamina.engine.backend.CpuTopology;
import dev.lamina.engine.backend.ThreadPlacement;
import dev.lamina.engine.backend.ThreadPlacement.Numa;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The processors of each thread of a pool.
 *
 * @param cpus by the threads' index; none: wherever the system likes
 * @param warnings about what was asked for and is not possible
 */
record Seats(List<CpuMask> cpus, List<String> warnings) {

  /**
   * Divides processors among threads. If a thread gets one for itself, the calling thread, which
   * has index 0, comes last, as in llama.cpp.
   *
   * @param startedOn processor that runs the calling thread
   */
  static Seats of(ThreadPlacement placement, int threads, CpuTopology topology, int startedOn) {
    List<String> warnings = new ArrayList<>();
    CpuMask usable = usable(placement.cpus(), topology, warnings);
    List<CpuMask> nodes = nodes(placement.numa(), usable, topology, startedOn, warnings);
    if (nodes.isEmpty()) {
      nodes = placement.cpus().isEmpty() ? List.of(CpuMask.NONE) : List.of(usable);
    }
    List<CpuMask> seats = new ArrayList<>(Collections.nCopies(threads, CpuMask.NONE));
    int[] next = new int[nodes.size()];
    for (int i = 1; i <= threads; i++) {
      int thread = i % threads;
      int node = thread % nodes.size();
      CpuMask cpus = nodes.get(node);
      if (placement.strict() && !placement.cpus().isEmpty() && !cpus.isEmpty()) {
        int cpu = cpus.next(next[node]) < 0 ? cpus.next(0) : cpus.next(next[node]);
        next[node] = cpu + 1;
        cpus = CpuMask.of(cpu);
      }
      seats.set(thread, cpus);
    }
    if (!placement.cpus().isEmpty() && !usable.isEmpty() && usable.count() < threads) {
      warnings.add(
          "%d threads share the %d processors that they may run on"
              .formatted(threads, usable.count()));
    }
    return new Seats(List.copyOf(seats), List.copyOf(warnings));
  }

  /** The processors of the mask that the process may use; without a mask all that it may use. */
  private static CpuMask usable(CpuMask asked, CpuTopology topology, List<String> warnings) {
    CpuMask allowed = topology.allowed();
    if (asked.isEmpty()) {
      return allowed;
    }
    CpuMask usable = allowed.isEmpty() ? asked : asked.and(allowed);
    if (usable.isEmpty()) {
      warnings.add("the process may use none of the processors that threads shall run on");
    } else if (usable.count() < asked.count() && !isOpen(asked)) {
      warnings.add(
          "the process may use only %d of the %d processors that threads shall run on"
              .formatted(usable.count(), asked.count()));
    }
    return usable;
  }

  /** Whether the mask is a range without end, which is meant to go beyond the last processor. */
  private static boolean isOpen(CpuMask asked) {
    return asked.has(CpuMask.LIMIT - 1);
  }

  /** What threads are divided among; empty if nodes do not matter. */
  private static List<CpuMask> nodes(
      Numa numa, CpuMask usable, CpuTopology topology, int startedOn, List<String> warnings) {
    if (numa == Numa.NONE) {
      return List.of();
    }
    List<CpuMask> all = topology.nodes();
    if (all.size() < 2) {
      warnings.add("this machine has one node, so that NUMA has no effect");
      return List.of();
    }
    if (topology.balancesNodes()) {
      warnings.add("the system moves memory between nodes (numa_balancing), which costs speed");
    }
    List<CpuMask> nodes =
        all.stream().map(node -> node.and(usable)).filter(node -> !node.isEmpty()).toList();
    return switch (numa) {
      case ISOLATE -> nodes.stream().filter(node -> node.has(startedOn)).toList();
      case NUMACTL -> usable.isEmpty() ? List.of() : List.of(usable);
      default -> nodes;
    };
  }
}
