package dev.lamina.engine.generate;

/** More tokens than the context has room for. */
public final class ContextFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

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
            + " in use; raise it with -c");
  }
}
