package dev.lamina.engine.schedule;

/** Thrown when tokens do not fit the context. */
public final class ContextFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int position;
  private final int count;
  private final int contextLength;

  /**
   * @param position tokens in the context
   * @param count tokens that do not fit after them
   */
  public ContextFullException(int position, int count, int contextLength) {
    super(
        count
            + " more tokens do not fit a context of "
            + contextLength
            + " with "
            + position
            + " in use");
    this.position = position;
    this.count = count;
    this.contextLength = contextLength;
  }

  /** Tokens in the context. */
  public int position() {
    return position;
  }

  /** Number of tokens that do not fit after them. */
  public int count() {
    return count;
  }

  /** Tokens that the context holds. */
  public int contextLength() {
    return contextLength;
  }
}
