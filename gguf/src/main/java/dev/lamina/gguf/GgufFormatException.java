package dev.lamina.gguf;

import java.util.Optional;

/**
 * The file is not a GGUF file that can be read. The message is one line: file, key or tensor, what
 * was expected.
 */
public final class GgufFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FileKind kind;

  public GgufFormatException(String message) {
    this(message, (Throwable) null);
  }

  public GgufFormatException(String message, Throwable cause) {
    super(message, cause);
    this.kind = null;
  }

  GgufFormatException(String message, FileKind kind) {
    super(message);
    this.kind = kind;
  }

  /** What the file is instead, if that is something of use here. */
  public Optional<FileKind> kind() {
    return Optional.ofNullable(kind);
  }
}
