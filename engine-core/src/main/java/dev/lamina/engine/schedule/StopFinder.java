package dev.lamina.engine.schedule;

import dev.lamina.text.tokenizer.Tokenizer;
import java.util.BitSet;
import java.util.List;

/**
 * Finds stop texts in text that arrives in pieces. It holds back text that may be the beginning of
 * a stop text. Not thread-safe.
 */
public final class StopFinder {
  private final List<String> stops;
  private final boolean showStop;
  private final BitSet stopTokens = new BitSet();

  /** Text that has not been passed on. */
  private final StringBuilder held = new StringBuilder();

  private String found;

  /**
   * @param stops the stop texts; empty ones are ignored
   * @param showStop whether the stop text itself is passed on
   * @param tokenizer tells which of the texts are control tokens, whose text is not shown
   */
  public StopFinder(List<String> stops, boolean showStop, Tokenizer tokenizer) {
    this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    this.showStop = showStop;
    for (String stop : this.stops) {
      int[] tokens = tokenizer.encode(stop, false, true);
      if (tokens.length == 1 && tokenizer.vocabulary().isControl(tokens[0])) {
        stopTokens.set(tokens[0]);
      }
    }
  }

  /** Whether a token, by itself, is one of the stops; {@link #found} says so from then on. */
  public boolean endsAt(int token) {
    if (stopTokens.get(token) && found == null) {
      found = "";
    }
    return stopTokens.get(token);
  }

  /**
   * Adds a piece of text.
   *
   * @return the text that can be passed on now; empty after a stop was found
   */
  public String add(String piece) {
    if (found != null) {
      return "";
    }
    held.append(piece);
    int first = held.length();
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && at < first) {
        first = at;
        found = stop;
      }
    }
    if (found != null) {
      String text = held.substring(0, first + (showStop ? found.length() : 0));
      held.setLength(0);
      return text;
    }
    return release(held.length() - beginning());
  }

  /** Ends the text and returns the part that was held back. */
  public String finish() {
    return release(held.length());
  }

  /** True after a stop was found. */
  public boolean found() {
    return found != null;
  }

  private String release(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }

  /** Length of the longest end of the held text that is the beginning of a stop text. */
  private int beginning() {
    int longest = 0;
    for (String stop : stops) {
      int n = Math.min(stop.length() - 1, held.length());
      while (n > longest && !isEnd(stop, n)) {
        n--;
      }
      longest = Math.max(longest, n);
    }
    return longest;
  }

  private boolean isEnd(String stop, int n) {
    return held.indexOf(stop.substring(0, n), held.length() - n) >= 0;
  }
}
