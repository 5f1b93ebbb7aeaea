package dev.lamina.gpu;

/** A point in a device's queue. */
public interface GpuMark extends GpuResource {
  /** Waits until everything queued before this mark is done. */
  void await();
}
