package dev.lamina.bench;

/**
 * One thing to time: a prompt of random tokens ({@code pp}), or random tokens given one by one as
 * generation does ({@code tg}). One of the two numbers is 0.
 */
public record BenchTest(int nPrompt, int nGen) {
  /**
   * @throws IllegalArgumentException if not exactly one number is positive
   */
  public BenchTest {
    if (nPrompt < 0 || nGen < 0 || (nPrompt > 0) == (nGen > 0)) {
      throw new IllegalArgumentException(
          "test of " + nPrompt + " prompt and " + nGen + " generated tokens");
    }
  }

  public static BenchTest prompt(int tokens) {
    return new BenchTest(tokens, 0);
  }

  public static BenchTest generation(int tokens) {
    return new BenchTest(0, tokens);
  }

  /** As llama-bench calls it: {@code pp512}, {@code tg128}. */
  public String name() {
    return nPrompt > 0 ? "pp" + nPrompt : "tg" + nGen;
  }

  int tokens() {
    return nPrompt + nGen;
  }
}
