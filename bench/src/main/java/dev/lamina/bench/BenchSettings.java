package dev.lamina.bench;

/**
 * How the tests are run.
 *
 * @param repetitions timed runs of each test
 * @param nBatch most tokens of a prompt given to the session at once
 * @param nUbatch most tokens of one forward pass
 */
public record BenchSettings(int repetitions, int threads, int nBatch, int nUbatch) {
  static final int DEFAULT_BATCH = 2048;
  static final int DEFAULT_UBATCH = 512;

  /**
   * @throws IllegalArgumentException if a number is not positive
   */
  public BenchSettings {
    requirePositive("repetitions", repetitions);
    requirePositive("threads", threads);
    requirePositive("batch size", nBatch);
    requirePositive("ubatch size", nUbatch);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected 1 or more");
    }
  }
}
