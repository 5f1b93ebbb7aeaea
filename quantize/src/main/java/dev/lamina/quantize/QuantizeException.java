package dev.lamina.quantize;

/** The model cannot be quantized as asked. The message is one line that says why. */
public final class QuantizeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is in the way. */
  public enum Reason {
    /** The model or a file, whatever the options. */
    MODEL,
    /** A {@link TypeOverride} whose name no tensor has. */
    NO_SUCH_TENSOR,
    /** A {@link TypeOverride} beside a type that leaves no choice. */
    USELESS_OVERRIDE,
    /** {@link TypeOptions#embedding} does not suit the tensor. */
    EMBEDDING_TYPE,
    /** {@link TypeOptions#output} does not suit the tensor. */
    OUTPUT_TYPE,
    /** {@link QuantizeOptions#prunedLayers}. */
    PRUNED_LAYERS,
    /** {@link QuantizeOptions#maxPartBytes}. */
    PART_SIZE,
    /** {@link QuantizeOptions#keys}. */
    KEYS,
    /** A type needs an importance matrix, and there is none. */
    NO_IMPORTANCE,
    /** The model is quantized already. */
    QUANTIZED_ALREADY
  }

  private final Reason reason;

  public QuantizeException(String message) {
    this(Reason.MODEL, message);
  }

  public QuantizeException(String message, Throwable cause) {
    this(Reason.MODEL, message, cause);
  }

  QuantizeException(Reason reason, String message) {
    this(reason, message, null);
  }

  QuantizeException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What is in the way. */
  public Reason reason() {
    return reason;
  }
}
