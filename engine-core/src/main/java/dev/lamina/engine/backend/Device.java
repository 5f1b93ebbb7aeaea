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
 * @param features optional features of the device, such as {@code fp16}
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

  /**
   * The kind of a device. Unless the user names devices, layers go only to GPUs and the CPU
   * backend.
   */
  public enum Kind {
    CPU,
    GPU,
    ACCELERATOR
  }

  /** The name in {@code --device}, such as {@code cuda:0}. */
  public String id() {
    return backend + ":" + index;
  }

  public boolean usable() {
    return problem.isEmpty();
  }
}
