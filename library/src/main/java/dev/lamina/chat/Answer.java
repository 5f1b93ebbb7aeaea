package dev.lamina.chat;

import dev.lamina.engine.schedule.GenerationResult;
import dev.lamina.engine.schedule.GenerationResult.Finish;

/**
 * An answer of a model in a conversation.
 *
 * @param text the answer without thoughts
 * @param thought what the model thought before, empty if nothing
 * @param result the reason for the end, tokens and times
 */
public record Answer(String text, String thought, GenerationResult result) {
  /** The reason for the end of the answer. */
  public Finish finish() {
    return result.finish();
  }

  /** Whether the answer was cancelled before any of it was told. */
  public boolean isUntold() {
    return finish() == Finish.CANCELLED && text.isEmpty() && thought.isEmpty();
  }

  /** Number of tokens chosen. */
  public int tokens() {
    return result.generatedTokens();
  }
}
