package dev.lamina.engine.backend;

/**
 * A device that a backend can run layers on.
 *
 * @param backend name of its provider
 * @param index number within the backend
 * @param name for people
 */
public record Device(String backend, int index, String name) {
  /** As in {@code --device}. */
  public String id() {
    return backend + ":" + index;
  }
}
