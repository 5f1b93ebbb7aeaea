package dev.lamina.text.chat;

/** What a piece of a reply is. */
public enum ReplyPart {
  /** Text for the reader. */
  ANSWER,
  /** What the model thinks before it answers. */
  THOUGHT,
  /** What stands around a thought, such as {@code <think>}. */
  TAG
}
