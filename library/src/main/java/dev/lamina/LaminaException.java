package dev.lamina;

/**
 * What went wrong, for a program to tell apart: one class for each kind, with its facts. The
 * message is one line for people.
 */
public abstract sealed class LaminaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private LaminaException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The model file is missing, damaged, or no GGUF file. */
  public static final class BadFile extends LaminaException {
    private static final long serialVersionUID = 1L;
    private final String file;

    BadFile(String file, String message, Throwable cause) {
      super(message, cause);
      this.file = file;
    }

    /** The file, as it was named. */
    public String file() {
      return file;
    }
  }

  /** The file is sound, and what is in it cannot be run by this version. */
  public static final class UnsupportedModel extends LaminaException {
    private static final long serialVersionUID = 1L;
    private final String file;

    UnsupportedModel(String file, String message, Throwable cause) {
      super(message, cause);
      this.file = file;
    }

    /** The file, as it was named. */
    public String file() {
      return file;
    }
  }

  /** The model, or the context asked for, does not fit the memory that there is. */
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
     * Bytes that weights, context and buffers take besides the mapped file; 0 if that is not known,
     * {@link Long#MAX_VALUE} if no machine has as many.
     */
    public long needed() {
      return needed;
    }

    /** Bytes that the machine has; 0 if that is not known. */
    public long available() {
      return available;
    }
  }

  /** A device that was named does not exist or does not work. */
  public static final class DeviceProblem extends LaminaException {
    private static final long serialVersionUID = 1L;
    private final String device;

    DeviceProblem(String device, String message, Throwable cause) {
      super(message, cause);
      this.device = device;
    }

    /** The device as it was named, such as {@code cuda:0}; empty if it is not known. */
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

    /** Tokens of the text. */
    public int tokens() {
      return tokens;
    }

    /** Tokens that the context holds. */
    public int contextLength() {
      return contextLength;
    }
  }

  /** An option or a message that makes no sense for this model. */
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

    MissingModule(String module) {
      super("start the program with java --add-modules " + module, null);
      this.module = module;
    }

    /** The module, such as {@code jdk.incubator.vector}. */
    public String module() {
      return module;
    }
  }
}
