package dev.lamina.chat;

import java.util.List;

/**
 * Options for the text of a reply.
 *
 * @param special whether control tokens are part of the text
 * @param stops texts that end the reply and are not part of it
 */
public record ReplyText(boolean special, List<String> stops) {
  public ReplyText {
    stops = List.copyOf(stops);
  }
}
