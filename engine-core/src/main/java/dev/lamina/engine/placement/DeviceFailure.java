package dev.lamina.engine.placement;

import dev.lamina.engine.backend.BackendException;

/** One of a placement's devices failed; {@link Placer#loadWithout} goes on. */
public final class DeviceFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int target;

  DeviceFailure(int target, BackendException cause) {
    super(cause.getMessage(), cause);
    this.target = target;
  }

  /** Number of its target. */
  int target() {
    return target;
  }

  /** What the device said. */
  BackendException reason() {
    return (BackendException) getCause();
  }
}
