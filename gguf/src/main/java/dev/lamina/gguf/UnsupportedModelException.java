package dev.lamina.gguf;

/**
 * The file is a valid GGUF file of a model that cannot be run. The message is one line and says
 * what to do.
 */
public final class UnsupportedModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FileKind kind;

  public UnsupportedModelException(String message) {
    this(message, FileKind.LANGUAGE_MODEL);
  }

  /**
   * @param kind what the file is
   */
  public UnsupportedModelException(String message, FileKind kind) {
    super(message);
    this.kind = kind;
  }

  /** What the file is: not always a language model. */
  public FileKind kind() {
    return kind;
  }
}
