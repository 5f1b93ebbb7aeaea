package dev.lamina.gpu;

/** Something on a device that its owner closes, once. Closing does not fail. */
public interface GpuResource extends AutoCloseable {
  @Override
  void close();
}
