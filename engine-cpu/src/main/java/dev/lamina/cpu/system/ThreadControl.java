package dev.lamina.cpu.system;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.CpuMask;
import dev.lamina.engine.backend.NativeAccess;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where and how urgently the calling thread runs, as Linux has it. All methods concern that thread
 * alone, and threads that it starts later. They throw {@link BackendException} with the system's
 * reason if it refuses.
 */
public final class ThreadControl {
  /** Policy for ordinary threads. */
  public static final int OTHER = 0;

  /** Policy for threads that run before all ordinary ones. */
  public static final int FIFO = 1;

  /** Policy for threads that wait longer for their turn. */
  public static final int BATCH = 3;

  private static final Path LINUX = Path.of("/proc/self/maps");

  /** Room for the processors of all Linux systems, in bytes. */
  private static final int MASK_BYTES = 1024;

  private static final int PROCESS = 0;

  private final NativeMemory system = NativeMemory.of(Platform.current());

  private ThreadControl() {}

  /** The control of threads; null on systems without it, or if the JVM may not call the system. */
  public static ThreadControl ofSystem() {
    return Files.exists(LINUX) && NativeAccess.isAllowed() ? new ThreadControl() : null;
  }

  /**
   * A policy and the thread's rank under it.
   *
   * @param rank 1 to 99 for {@link #FIFO}, otherwise 0
   */
  public record Policy(int kind, int rank) {}

  /** The processors that the thread may run on. */
  public CpuMask affinity() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bits = arena.allocate(MASK_BYTES, Long.BYTES);
      system.call(
          "read a thread's processors",
          r -> (int) r >= 0,
          "sched_getaffinity",
          0,
          MASK_BYTES,
          bits.address());
      return CpuMask.of(bits.toArray(ValueLayout.JAVA_LONG));
    }
  }

  /** Lets the thread run on these processors only; those that do not exist do not count. */
  public void setAffinity(CpuMask cpus) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bits = arena.allocate(MASK_BYTES, Long.BYTES);
      MemorySegment.copy(
          MemorySegment.ofArray(cpus.words()), 0, bits, 0, (long) cpus.words().length * Long.BYTES);
      system.call(
          "choose a thread's processors",
          r -> (int) r == 0,
          "sched_setaffinity",
          0,
          MASK_BYTES,
          bits.address());
    }
  }

  /** The processor that runs the thread now. */
  public int currentCpu() {
    return (int) system.call("find the processor", r -> (int) r >= 0, "sched_getcpu");
  }

  public Policy policy() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rank = arena.allocate(ValueLayout.JAVA_INT);
      String what = "read a thread's policy";
      int kind = (int) system.call(what, r -> (int) r >= 0, "sched_getscheduler", 0);
      system.call(what, r -> (int) r == 0, "sched_getparam", 0, rank.address());
      return new Policy(kind, rank.get(ValueLayout.JAVA_INT, 0));
    }
  }

  public void setPolicy(Policy policy) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rank = arena.allocateFrom(ValueLayout.JAVA_INT, policy.rank());
      system.call(
          "set a thread's policy",
          r -> (int) r == 0,
          "sched_setscheduler",
          0,
          policy.kind(),
          rank.address());
    }
  }

  /** How much the thread lets others go first, -20 to 19. */
  public int nice() {
    return (int) system.call("read a thread's priority", _ -> true, "getpriority", PROCESS, 0);
  }

  /** Sets how much the thread lets others go first, -20 to 19. */
  public void setNice(int nice) {
    system.call("set a thread's priority", r -> (int) r == 0, "setpriority", PROCESS, 0, nice);
  }
}
