package dev.lamina.chat;

import dev.lamina.text.chat.ReplyPart;

/** Receives a reply as it is generated, in the thread that waits for it. */
public interface ReplyListener {
  /** Receives a piece of text, never empty. */
  void onText(String text, ReplyPart part);

  /** Called before each piece of text and several times a second; false ends the reply. */
  boolean proceed();
}
