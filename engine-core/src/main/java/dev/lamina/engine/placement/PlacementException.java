package dev.lamina.engine.placement;

/** Options about devices that do not fit the model or the devices; the message is for the user. */
public final class PlacementException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  PlacementException(String message) {
    super(message);
  }
}
