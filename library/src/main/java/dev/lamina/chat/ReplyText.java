package dev.lamina.chat;

import java.util.List;

/**
 * What is part of a reply's text.
 *
 * @param special whether control tokens are
 * @param stops texts that end the reply and are no part of it
 */
public record ReplyText(boolean special, List<String> stops) {
  public ReplyText {
    stops = List.copyOf(stops);
  }
}
