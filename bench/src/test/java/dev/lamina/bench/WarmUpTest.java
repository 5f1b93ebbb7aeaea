package dev.lamina.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** The rule for when a test counts as warm, with made-up times of runs. */
class WarmUpTest {
  private static final long MILLI = 1_000_000;

  private int runs;
  private long total;
  private long compiled;

  /**
   * Runs take the times that the function gives for their index; up to an end, a part of each is
   * compilation.
   */
  private double settle(IntToLongFunction millis, int compiledRuns) {
    return new WarmUp(
            () -> {
              long nanos = millis.applyAsLong(runs) * MILLI;
              compiled += runs < compiledRuns ? nanos / 2 : 0;
              runs++;
              total += nanos;
              return nanos;
            },
            () -> compiled)
        .settle();
  }

  @Test
  void equalRunsSettleAfterASecond() {
    assertEquals(0, settle(_ -> 10, 0));
    assertEquals(1000 * MILLI, total);
  }

  @Test
  void twoRunsMustAgree() {
    // 4, 2 and 1.9 s, and 1.88 s, which is nearly the same.
    long[] millis = {4000, 2000, 1880, 1860, 1};
    assertTrue(settle(i -> millis[i], 0) < 0.02);
    assertEquals(4, runs);
  }

  @Test
  void slowRunsWhileTheCompilerWorksDoNotCount() {
    assertTrue(settle(i -> i < 12 ? 400 : 25, 12) <= 0.05);
    // A round of the fast runs to compare with, and one that agrees.
    assertEquals(12 + 40, runs);
  }

  @Test
  void shortRunsAreTakenTogether() {
    // Single runs differ by half, ten of them do not.
    assertTrue(settle(i -> i % 2 == 0 ? 10 : 15, 0) <= 0.05);
    assertTrue(total < 2000 * MILLI);
  }

  @Test
  void oneLongRunIsEnough() {
    assertEquals(0, settle(_ -> 30_000, 0));
    assertEquals(1, runs);
  }

  @Test
  void whatNeverSettlesEnds() {
    assertTrue(settle(i -> i % 2 == 0 ? 600 : 900, 0) > 0.4);
    assertTrue(total >= 10_000 * MILLI && total < 11_000 * MILLI, total / MILLI + " ms");
    runs = 0;
    total = 0;
    // Always compiling: the rounds agree, and the result is as good as it gets.
    assertEquals(0, settle(_ -> 200, Integer.MAX_VALUE));
    assertTrue(total >= 10_000 * MILLI && total < 11_000 * MILLI, total / MILLI + " ms");
  }

  @Test
  void runsWithoutADurationEnd() {
    settle(_ -> 0, 0);
    assertTrue(runs > 0);
  }
}
