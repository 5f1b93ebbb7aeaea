package dev.lamina.bench;

import dev.lamina.text.tokenizer.Vocabulary;
import java.util.Random;

/** Texts of random tokens, the same in each run of the program. */
public final class RandomTokens {
  private static final long SEED = 1;

  private final Vocabulary vocabulary;
  private final Random random = new Random(SEED);

  public RandomTokens(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * Another text. It begins as the model's texts do.
   *
   * @param count of its tokens, 1 or more
   */
  public int[] next(int count) {
    int[] tokens = random.ints(count, 0, vocabulary.size()).toArray();
    if (vocabulary.addBos() && vocabulary.bos() >= 0) {
      tokens[0] = vocabulary.bos();
    }
    return tokens;
  }
}
