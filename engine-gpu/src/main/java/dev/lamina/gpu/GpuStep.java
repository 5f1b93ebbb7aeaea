package dev.lamina.gpu;

/** Launches compiled from an operation. */
@FunctionalInterface
interface GpuStep {
  /**
   * Queues the launches.
   *
   * @param nRows rows of the buffers to work on, 1 or more
   */
  void run(int nRows);
}
