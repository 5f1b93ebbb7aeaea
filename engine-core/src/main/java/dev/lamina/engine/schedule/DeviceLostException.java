package dev.lamina.engine.schedule;

/**
 * A device was lost with what sequences had there. The model has been placed anew without it, and
 * all sequences are empty: their tokens are to be evaluated again.
 */
final class DeviceLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeviceLostException(Throwable cause) {
    super("a device was lost", cause);
  }
}
