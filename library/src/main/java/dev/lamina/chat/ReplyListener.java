package dev.lamina.chat;

import dev.lamina.text.chat.ReplyPart;

/** Receives a reply as it is written. */
public interface ReplyListener {
  /** A piece of text, never empty. */
  void onText(String text, ReplyPart part);

  /** Asked before each token and each batch of the prompt: false ends the reply. */
  boolean proceed();
}
