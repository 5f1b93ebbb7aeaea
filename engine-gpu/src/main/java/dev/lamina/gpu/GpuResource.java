package dev.lamina.gpu;

/** A resource on a device. Its owner closes it once; closing never fails. */
public interface GpuResource extends AutoCloseable {
  @Override
  void close();
}
