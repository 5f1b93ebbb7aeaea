package dev.lamina.runtime;

/**
 * Thrown when a requested device or backend does not exist or cannot be used. The message says why.
 */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String device;

  /**
   * @param device as it was requested, such as {@code cuda:0}
   * @param message one line
   */
  public DeviceException(String device, String message) {
    super(message);
    this.device = device;
  }

  /** The device as it was requested, such as {@code cuda:0}. */
  public String device() {
    return device;
  }
}
