package dev.lamina;

/**
 * An error of Lamina. Each kind has a class with its details, so that a program can tell them
 * apart. The message is one line for people.
 */
public abstract sealed class LaminaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private LaminaException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The model file is missing or damaged, or is not a GGUF file. */
  public static final class BadFile extends LaminaException {
    private static final long serialVersionUID = 1L;
    private final String file;

    BadFile(String file, String message, Throwable cause) {
      super(message, cause);
      this.file = file;
    }

    /** The file, as it was given. */
    public String file() {
      return file;
    }
  }

  /** The file is intact, but this version cannot run its model. */
  public static final class UnsupportedModel extends LaminaException {
    private static final long serialVersionUID = 1L;
    private final String file;

    UnsupportedModel(String file, String message, Throwable cause) {
      super(message, cause);
      this.file = file;
    }

    /** The file, as it was given. */
    public String file() {
      return file;
    }
  }

  /** The model, or the requested context, does not fit the available memory. */
  public static final class NoMemory extends LaminaException {
    private static final long serialVersionUID = 1L;
    private final long needed;
    private final long available;

    NoMemory(String message, long needed, long available, Throwable cause) {
      super(message, cause);
      this.needed = needed;
      this.available = available;
    }

    /**
     * Bytes that weights, context and buffers need besides the mapped file; 0 if unknown, {@link
     * Long#MAX_VALUE} if no machine has enough.
     */
    public long needed() {
      return needed;
    }

    /** Bytes that the machine has; 0 if unknown. */
    public long available() {
      return available;
    }
  }

  /** A requested device does not exist or does not work. */
  public static final class DeviceProblem extends LaminaException {
    private static final long serialVersionUID = 1L;
    private final String device;

    DeviceProblem(String device, String message, Throwable cause) {
      super(message, cause);
      this.device = device;
    }

    /** The device as it was requested, such as {@code cuda:0}; empty if unknown. */
    public String device() {
      return device;
    }
  }

  /** A text is longer than the context. */
  public static final class ContextFull extends LaminaException {
    private static final long serialVersionUID = 1L;
    private final int tokens;
    private final int contextLength;

    ContextFull(int tokens, int contextLength, Throwable cause) {
      super(
          "the text has %d tokens, and the context holds %d".formatted(tokens, contextLength),
          cause);
      this.tokens = tokens;
      this.contextLength = contextLength;
    }

    /** Number of tokens of the text. */
    public int tokens() {
      return tokens;
    }

    /** Size of the context in tokens. */
    public int contextLength() {
      return contextLength;
    }
  }

  /** An option or a message does not suit the model. */
  public static final class BadRequest extends LaminaException {
    private static final long serialVersionUID = 1L;

    BadRequest(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The program was started without a module of the JDK that Lamina needs. */
  public static final class MissingModule extends LaminaException {
    private static final long serialVersionUID = 1L;
    private final String module;

    MissingModule(String module, Throwable cause) {
      super(cause.getMessage(), cause);
      this.module = module;
    }

    /** The module, such as {@code jdk.incubator.vector}. */
    public String module() {
      return module;
    }
  }
}
