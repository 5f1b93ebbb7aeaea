package dev.lamina.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * Runs a test until it no longer gets faster: the JVM compiles code while it runs.
 *
 * <p>Short runs are taken together to rounds. The test has settled when two rounds in a row take
 * the same time within 5 %, and nothing was compiled meanwhile, which tells a test that is fast
 * from one that is slow for as long as its compiler is at work. A compilation is only seen when it
 * ends, so that a round is longer than most of them take.
 */
public final class WarmUp {
  /** Tokens that a test generates at most to warm up. */
  public static final int MOST_TOKENS = 16;

  /** Passes after which weights are repacked: the first one does without. */
  private static final int REPACKING_PASSES = 2;

  /** The largest difference of two rounds that count as equal. */
  static final double AGREEMENT = 0.05;

  private static final long ROUND_NANOS = 500_000_000;

  /** After this time and this many rounds a test will hardly settle. */
  private static final long MOST_NANOS = 10_000_000_000L;

  private static final int MOST_ROUNDS = 100;

  /** After a round of this length the compiler has nothing left to do. */
  private static final long LONG_ROUND_NANOS = 5_000_000_000L;

  private final LongSupplier run;
  private final LongSupplier compileNanos;

  /**
   * @param run runs the test once; gives its nanoseconds
   * @param compileNanos time that the compiler has taken so far
   */
  WarmUp(LongSupplier run, LongSupplier compileNanos) {
    this.run = run;
    this.compileNanos = compileNanos;
  }

  /**
   * Warms a test up, and tells if it never settled.
   *
   * @param test its name
   * @param touch reads all weights once
   * @param run runs it once; gives its nanoseconds
   */
  public static void run(String test, Runnable touch, LongSupplier run, BenchProgress progress) {
    for (int i = 0; i < REPACKING_PASSES; i++) {
      touch.run();
    }
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    double difference =
        new WarmUp(run, () -> 1_000_000 * compiler.getTotalCompilationTime()).settle();
    if (difference > AGREEMENT) {
      progress.unsettled(test, difference);
    }
  }

  /**
   * Warms up.
   *
   * @return how far the last two rounds were apart, as a part of the faster one: 0.05 or less if
   *     the test has settled
   */
  double settle() {
    double previous = Double.NaN;
    boolean wasQuiet = false;
    double difference = Double.POSITIVE_INFINITY;
    long total = 0;
    for (int round = 0; round < MOST_ROUNDS && total < MOST_NANOS; round++) {
      long compiled = compileNanos.getAsLong();
      long nanos = 0;
      int runs = 0;
      while (nanos < ROUND_NANOS) {
        nanos += Math.max(1, run.getAsLong());
        runs++;
      }
      if (nanos >= LONG_ROUND_NANOS) {
        return 0;
      }
      total += nanos;
      double mean = (double) nanos / runs;
      boolean quiet = compileNanos.getAsLong() - compiled <= AGREEMENT * nanos;
      difference = Math.abs(mean - previous) / Math.min(mean, previous);
      if (difference <= AGREEMENT && quiet && wasQuiet) {
        return difference;
      }
      previous = mean;
      wasQuiet = quiet;
    }
    return difference;
  }
}
