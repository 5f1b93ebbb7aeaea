package dev.lamina.engine.backend;

import java.util.List;

/**
 * A device that a backend can run layers on.
 *
 * @param backend name of its provider
 * @param index number within the backend
 * @param kind what it is
 * @param name for people
 * @param driver name and version of the software that runs it, or empty
 * @param version of the interface that it offers: CUDA compute capability, OpenCL version, kernels
 *     of the CPU
 * @param totalMemory bytes
 * @param freeMemory bytes that were free when the device was looked at; the total where the backend
 *     cannot tell
 * @param features optional things that it has, such as {@code fp16}
 * @param problem one line that says why it cannot be used; empty if it can
 */
public record Device(
    String backend,
    int index,
    Kind kind,
    String name,
    String driver,
    String version,
    long totalMemory,
    long freeMemory,
    List<String> features,
    String problem) {
  public Device {
    features = List.copyOf(features);
  }

  /** Decides whether layers go there unasked: on a GPU they do. */
  public enum Kind {
    CPU,
    GPU,
    ACCELERATOR
  }

  /** As in {@code --device}. */
  public String id() {
    return backend + ":" + index;
  }

  public boolean usable() {
    return problem.isEmpty();
  }
}
