package dev.lamina.quantize.quality;

/** A text is too short to be cut into windows. */
public final class ShortTextException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int tokens;
  private final int window;

  ShortTextException(int tokens, int window) {
    super(
        "the text has %d tokens, expected %d or more for windows of %d"
            .formatted(tokens, 2L * window, window));
    this.tokens = tokens;
    this.window = window;
  }

  /** Tokens of the text. */
  public int tokens() {
    return tokens;
  }

  /** Tokens of a window; a text has to have two. */
  public int window() {
    return window;
  }
}
