package dev.lamina.gpu;

/** Something compiled from an operation. */
@FunctionalInterface
interface GpuStep {
  /**
   * Queues its launches.
   *
   * @param nRows rows of the buffers to work on, 1 or more
   */
  void run(int nRows);
}
