package dev.lamina.cpu;

import dev.lamina.cpu.kernel.CeilingLoops;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * What this machine can do at most with some number of threads, measured with vectors of the width
 * that the kernels use. Generation reads every weight once for each token, so its ceiling is the
 * memory's; that of prompts is the arithmetic's.
 *
 * @param readBytesPerSecond of memory, all threads together
 * @param int16MacsPerSecond multiplications with an addition of 16-bit integers
 * @param floatMacsPerSecond fused multiplications and additions of 32-bit floats
 */
public record Ceilings(
    int threads, double readBytesPerSecond, double int16MacsPerSecond, double floatMacsPerSecond) {

  /** Bytes, much more than caches hold. */
  private static final long DEFAULT_MEMORY = 1L << 30;

  /** Many short ones, so that some are not disturbed by what else the machine does. */
  private static final int DEFAULT_PASSES = 32;

  /** A pass reads this part of the memory, the next pass the next part. */
  private static final int PARTS = 4;

  /** Read between two looks at anything else; the loop is compiled as a whole after some calls. */
  private static final long CHUNK = 1 << 20;

  private static final int CALLS_PER_PASS = 1000;
  private static final int ROUNDS_PER_CALL = 2000;

  /** Calls after which the loops run compiled. */
  private static final int WARM_UP_CALLS = 3000;

  /** Rounds of a call while warming up. */
  private static final int WARM_UP_ROUNDS = 200;

  /**
   * Measures with each number of threads from 1 on. Takes about a second for each, and gives the
   * ceilings only on a machine that does nothing else.
   *
   * @param maxThreads 1 or more
   * @throws OutOfMemoryError if there is no gigabyte to read
   */
  public static List<Ceilings> measure(int maxThreads) {
    return measure(maxThreads, DEFAULT_MEMORY, DEFAULT_PASSES);
  }

  /**
   * @param memory bytes to read, in four passes once
   * @param passes the best counts
   */
  static List<Ceilings> measure(int maxThreads, long memory, int passes) {
    if (maxThreads < 1) {
      throw new IllegalArgumentException("threads is " + maxThreads + ", expected 1 or more");
    }
    List<Ceilings> results = new ArrayList<>();
    try (Arena arena = Arena.ofShared()) {
      // A chunk for each thread and part at least.
      long bytes = Math.max(memory, (long) maxThreads * PARTS * CHUNK);
      MemorySegment buffer = arena.allocate(bytes, CHUNK);
      // Untouched pages would all be one page of zeros.
      buffer.fill((byte) 1);
      Meter meter = new Meter(buffer, passes);
      meter.warmUp();
      for (int threads = 1; threads <= maxThreads; threads++) {
        results.add(meter.measure(threads));
      }
    }
    return results;
  }

  /** The loops on a pool. */
  private record Meter(MemorySegment buffer, int passes, AtomicLong sink) {
    Meter(MemorySegment buffer, int passes) {
      this(buffer, passes, new AtomicLong());
    }

    void warmUp() {
      for (int i = 0; i < WARM_UP_CALLS; i++) {
        sink.addAndGet(CeilingLoops.read(buffer, 0, 8L * CeilingLoops.readBytes()));
        sink.addAndGet(CeilingLoops.int16Macs(WARM_UP_ROUNDS, (short) 3, (short) 1));
        sink.addAndGet((long) CeilingLoops.floatMacs(WARM_UP_ROUNDS, 0.5f, 0.5f));
      }
    }

    Ceilings measure(int threads) {
      try (WorkerPool pool = new WorkerPool(threads)) {
        long chunks = buffer.byteSize() / CHUNK / PARTS / threads;
        double read = best(pool, pass -> (task, _) -> read(pass, task, threads, chunks));
        double int16 = best(pool, _ -> (_, _) -> int16Macs());
        double floats = best(pool, _ -> (_, _) -> floatMacs());
        double rounds = (double) CALLS_PER_PASS * ROUNDS_PER_CALL * threads;
        return new Ceilings(
            threads,
            (double) chunks * CHUNK * threads * read,
            CeilingLoops.int16MacsPerRound() * rounds * int16,
            CeilingLoops.floatMacsPerRound() * rounds * floats);
      }
    }

    /**
     * Passes per second, each with a task for every thread.
     *
     * @param tasks by the number of the pass
     */
    private double best(WorkerPool pool, IntFunction<WorkerPool.Task> tasks) {
      long best = Long.MAX_VALUE;
      for (int i = 0; i < passes; i++) {
        WorkerPool.Task task = tasks.apply(i);
        long start = System.nanoTime();
        pool.run(pool.threads(), task);
        best = Math.min(best, System.nanoTime() - start);
      }
      return 1e9 / best;
    }

    /** Threads read their own pieces of the pass's part. */
    private void read(int pass, int task, int threads, long chunks) {
      long first = (pass % PARTS * (long) threads + task) * chunks;
      long sum = 0;
      for (long chunk = first; chunk < first + chunks; chunk++) {
        sum += CeilingLoops.read(buffer, chunk * CHUNK, CHUNK);
      }
      sink.addAndGet(sum);
    }

    private void int16Macs() {
      long sum = 0;
      for (int i = 0; i < CALLS_PER_PASS; i++) {
        sum += CeilingLoops.int16Macs(ROUNDS_PER_CALL, (short) 3, (short) i);
      }
      sink.addAndGet(sum);
    }

    private void floatMacs() {
      double sum = 0;
      for (int i = 0; i < CALLS_PER_PASS; i++) {
        // Settles at 1, far from the numbers that are slow.
        sum += CeilingLoops.floatMacs(ROUNDS_PER_CALL, 0.5f, 0.5f);
      }
      sink.addAndGet((long) sum);
    }
  }
}
