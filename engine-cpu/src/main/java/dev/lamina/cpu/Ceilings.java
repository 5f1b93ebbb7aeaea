package dev.lamina.cpu;

import dev.lamina.cpu.kernel.CeilingLoops;
import dev.lamina.cpu.system.VectorModule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * The highest speed of this machine with a number of threads, measured with vectors as wide as the
 * kernels use. Decode reads every weight once for each token, so memory bandwidth limits it;
 * arithmetic limits prefill.
 *
 * @param readBytesPerSecond of memory, all threads together
 * @param int16MacsPerSecond multiplications with an addition of 16-bit integers
 * @param floatMacsPerSecond fused multiplications and additions of 32-bit floats
 */
public record Ceilings(
    int threads, double readBytesPerSecond, double int16MacsPerSecond, double floatMacsPerSecond) {

  /** Bytes to read, many times the size of the caches. */
  private static final long DEFAULT_MEMORY = 1L << 30;

  /** Many short passes, so that other programs disturb only some of them. */
  private static final int DEFAULT_PASSES = 32;

  /** A pass reads this part of the memory, the next pass the next part. */
  private static final int PARTS = 4;

  /** Bytes that one call of the loop reads; after some calls the whole loop is compiled. */
  private static final long CHUNK = 1 << 20;

  private static final int CALLS_PER_PASS = 1000;
  private static final int ROUNDS_PER_CALL = 2000;

  /** Number of calls after which the loops are compiled. */
  private static final int WARM_UP_CALLS = 3000;

  /** Rounds of a call while warming up. */
  private static final int WARM_UP_ROUNDS = 200;

  /**
   * Measures with each number of threads from 1 on. Takes about a second for each, and is right
   * only on an otherwise idle machine.
   *
   * @param maxThreads 1 or more
   * @throws OutOfMemoryError if there is no gigabyte of memory to read
   */
  public static List<Ceilings> measure(int maxThreads) {
    return measure(maxThreads, DEFAULT_MEMORY, DEFAULT_PASSES);
  }

  /**
   * @param memory bytes to read; four passes read all of them once
   * @param passes the best counts
   */
  static List<Ceilings> measure(int maxThreads, long memory, int passes) {
    if (maxThreads < 1) {
      throw new IllegalArgumentException("threads is " + maxThreads + ", expected 1 or more");
    }
    VectorModule.load();
    List<Ceilings> results = new ArrayList<>();
    try (Arena arena = Arena.ofShared()) {
      // At least a chunk for each thread and part.
      long bytes = Math.max(memory, (long) maxThreads * PARTS * CHUNK);
      MemorySegment buffer = arena.allocate(bytes, CHUNK);
      // Pages that were never written would all map to the same page of zeros.
      buffer.fill((byte) 1);
      Meter meter = new Meter(buffer, passes);
      meter.warmUp();
      for (int threads = 1; threads <= maxThreads; threads++) {
        results.add(meter.measure(threads));
      }
    }
    return results;
  }

  /** Runs the loops on a pool. */
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

    /** Reads a thread's own piece of the part of a pass. */
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
