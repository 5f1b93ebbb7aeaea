package dev.lamina.engine.placement;

import dev.lamina.engine.backend.BackendException;

/** Thrown when a device of a placement fails; {@link Placer#loadWithout} continues without it. */
public final class DeviceFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int target;

  DeviceFailure(int target, BackendException cause) {
    super(cause.getMessage(), cause);
    this.target = target;
  }

  /** Index of the failed target. */
  int target() {
    return target;
  }

  /** The device's own error. */
  BackendException reason() {
    return (BackendException) getCause();
  }
}
