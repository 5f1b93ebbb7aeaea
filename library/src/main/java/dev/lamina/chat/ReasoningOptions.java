package dev.lamina.chat;

/**
 * Options for a model's thoughts.
 *
 * @param split whether thoughts are separated from the answer; otherwise they are part of it and of
 *     all later prompts
 * @param budget largest number of tokens of a thought; 0 ends a thought at its beginning, -1 means
 *     no limit
 * @param message text that is inserted before the closing tag if the budget ends a thought
 */
public record ReasoningOptions(boolean split, int budget, String message) {
  /** Options that separate thoughts from answers and do not limit them. */
  public static final ReasoningOptions DEFAULT = new ReasoningOptions(true, -1, "");
}
