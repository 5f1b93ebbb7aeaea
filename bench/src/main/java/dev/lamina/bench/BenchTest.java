package dev.lamina.bench;

/**
 * One thing to time: the prefill of random tokens ({@code pp}), random tokens given one by one as
 * in decoding ({@code tg}), or one after the other.
 *
 * @param nDepth tokens that are in the context before, and are not timed
 */
public record BenchTest(int nPrompt, int nGen, int nDepth) {
  /**
   * @throws IllegalArgumentException if there is nothing to time or a number is negative
   */
  public BenchTest {
    if (nPrompt < 0 || nGen < 0 || nDepth < 0 || (nPrompt == 0 && nGen == 0)) {
      throw new IllegalArgumentException(
          "test of %d prompt and %d generated tokens at a depth of %d"
              .formatted(nPrompt, nGen, nDepth));
    }
  }

  public static BenchTest prefill(int tokens) {
    return new BenchTest(tokens, 0, 0);
  }

  public static BenchTest decode(int tokens) {
    return new BenchTest(0, tokens, 0);
  }

  /** The same with so many tokens before. */
  public BenchTest at(int depth) {
    return new BenchTest(nPrompt, nGen, depth);
  }

  /** As llama-bench calls it: {@code pp512}, {@code tg128}, {@code pp512+tg128 @ d4096}. */
  public String name() {
    String timed =
        nGen == 0 ? "pp" + nPrompt : nPrompt == 0 ? "tg" + nGen : "pp" + nPrompt + "+tg" + nGen;
    return nDepth == 0 ? timed : timed + " @ d" + nDepth;
  }

  /** Tokens that are timed. */
  public int tokens() {
    return nPrompt + nGen;
  }

  /**
   * Positions that the context must have.
   *
   * @throws IllegalArgumentException if there are too many for any context
   */
  int positions() {
    long positions = (long) nDepth + nPrompt + nGen;
    if (positions > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("test " + name() + " is too long");
    }
    return (int) positions;
  }
}
