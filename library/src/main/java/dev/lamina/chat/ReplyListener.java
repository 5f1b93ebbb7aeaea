package dev.lamina.chat;

/** Receives a reply as it is written. */
public interface ReplyListener {
  /** What a piece of a reply is. */
  enum Part {
    /** Text for the reader. */
    ANSWER,
    /** What the model thinks before it answers. */
    THOUGHT,
    /** What stands around a thought, such as {@code <think>}. */
    TAG
  }

  /** A piece of text, never empty. */
  void onText(String text, Part part);

  /** Asked before each token and each batch of the prompt: false ends the reply. */
  boolean proceed();
}
