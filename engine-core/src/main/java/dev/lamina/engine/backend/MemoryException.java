package dev.lamina.engine.backend;

/** A model, or the context asked for, does not fit the memory of a device. */
public final class MemoryException extends BackendException {
  private static final long serialVersionUID = 1L;

  private final transient MemoryPlan needed;
  private final long available;

  /**
   * @param needed in bytes
   * @param available bytes that the device has; 0 if unknown
   * @param cause null for none
   */
  public MemoryException(String message, MemoryPlan needed, long available, Throwable cause) {
    super(message, cause);
    this.needed = needed;
    this.available = available;
  }

  /** Bytes that the model and its context need, split by purpose. */
  public MemoryPlan needed() {
    return needed;
  }

  /** Bytes that the device has; 0 if unknown. */
  public long available() {
    return available;
  }
}
