package dev.lamina.chat;

/**
 * What is done with a model's thoughts.
 *
 * @param split whether thoughts are told from the answer; if not, they are part of it and of all
 *     later prompts
 * @param budget most tokens of a thought; 0 ends it where it begins, -1 never
 * @param message what is put into a thought that is ended by the budget, before the closing tag
 */
public record ReasoningOptions(boolean split, int budget, String message) {
  /** Thoughts are told from the answer and not limited. */
  public static final ReasoningOptions DEFAULT = new ReasoningOptions(true, -1, "");
}
