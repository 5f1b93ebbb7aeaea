package dev.lamina.bench;

/**
 * How a test is timed: repetitions, warm-up and delay.
 *
 * @param repetitions timed runs of each test
 * @param warmUp whether untimed runs come before
 * @param delaySeconds to wait before each test, for processors that get hot
 */
public record BenchProtocol(int repetitions, boolean warmUp, int delaySeconds) {
  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public BenchProtocol {
    if (repetitions < 1) {
      throw new IllegalArgumentException("repetitions is " + repetitions + ", expected 1 or more");
    }
    if (delaySeconds < 0) {
      throw new IllegalArgumentException("delay is " + delaySeconds + ", expected 0 or more");
    }
  }

  /** Waits before a test. */
  public void delay() {
    try {
      Thread.sleep(delaySeconds * 1000L);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
