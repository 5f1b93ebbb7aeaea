package dev.lamina.chat;

import dev.lamina.engine.generate.GenerationResult;
import dev.lamina.engine.generate.GenerationResult.Finish;

/**
 * What a model has answered.
 *
 * @param text the answer without thoughts
 * @param thought what the model thought before, empty if nothing
 * @param result why it ended, and what it took
 */
public record Answer(String text, String thought, GenerationResult result) {
  /** Why it ended. */
  public Finish finish() {
    return result.finish();
  }

  /** Number of tokens chosen. */
  public int tokens() {
    return result.generatedTokens();
  }
}
