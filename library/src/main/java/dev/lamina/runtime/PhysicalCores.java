package dev.lamina.runtime;

import dev.lamina.engine.backend.CpuMask;
import dev.lamina.engine.backend.CpuTopology;

/**
 * Counts cores to compute with: the hardware threads of a core share the units that a matrix
 * product needs, and efficiency cores would hold up the others.
 */
public final class PhysicalCores {
  private PhysicalCores() {}

  /**
   * Number of performance cores that this process may use, or of hardware threads if the system
   * does not report cores.
   */
  public static int count() {
    return count(CpuMask.NONE);
  }

  /**
   * The same among given processors.
   *
   * @param among none: all
   */
  public static int count(CpuMask among) {
    return count(
        CpuTopology.system(), among, Math.max(1, Runtime.getRuntime().availableProcessors()));
  }

  /**
   * @param available processors' worth of time that the process may use, 1 or more
   */
  static int count(CpuTopology topology, CpuMask among, int available) {
    CpuMask usable = topology.allowed().and(among);
    int cores = usable.isEmpty() ? topology.cores() : topology.cores(usable);
    return cores == 0 ? available : Math.min(cores, available);
  }
}
