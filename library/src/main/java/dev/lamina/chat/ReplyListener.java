package dev.lamina.chat;

import dev.lamina.text.chat.ReplyPart;

/** Receives a reply as it is generated. */
public interface ReplyListener {
  /** Receives a piece of text, never empty. */
  void onText(String text, ReplyPart part);

  /** Called before each token and each batch of the prompt; false ends the reply. */
  boolean proceed();
}
