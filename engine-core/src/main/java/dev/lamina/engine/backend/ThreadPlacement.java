package dev.lamina.engine.backend;

/**
 * Where the CPU's threads run, how urgent they are and how long they wait awake, with the meanings
 * that llama.cpp gives these words.
 *
 * @param numa which nodes of a machine with several memories they run on
 * @param cpus processors that they may run on; none: all
 * @param strict each thread gets one of these processors for itself, in turn
 * @param priority -1 low, 0 normal, 1 medium, 2 high, 3 realtime
 * @param poll how long a thread waits awake after a pass, 0 (not at all) to 100
 */
public record ThreadPlacement(Numa numa, CpuMask cpus, boolean strict, int priority, int poll) {
  /** As the system places threads. */
  public static final ThreadPlacement SYSTEM =
      new ThreadPlacement(Numa.NONE, CpuMask.NONE, false, 0, 50);

  /** How threads are spread over nodes, each of which has processors and memory near them. */
  public enum Numa {
    /** The nodes do not matter. */
    NONE,
    /** Evenly over all nodes. */
    DISTRIBUTE,
    /** On the node where the process started. */
    ISOLATE,
    /** On the processors that numactl gave to the process. */
    NUMACTL
  }

  /**
   * @throws IllegalArgumentException if priority or poll is out of range
   */
  public ThreadPlacement {
    if (priority < -1 || priority > 3) {
      throw new IllegalArgumentException("the priority is " + priority + ", expected -1 to 3");
    }
    if (poll < 0 || poll > 100) {
      throw new IllegalArgumentException("the polling is " + poll + ", expected 0 to 100");
    }
  }

  /** Whether the system decides where and when threads run. */
  public boolean leftToSystem() {
    return numa == Numa.NONE && cpus.isEmpty() && priority == 0;
  }
}
