package dev.lamina.engine.backend;

/**
 * Options of a backend: threads and their places, layout of the weights, kernels of the CPU.
 *
 * @param threads CPU threads to compute with, 1 to {@link #maxThreads}
 * @param repack weights may be kept in another layout than the file's where that is faster; it
 *     takes memory and time at the load
 * @param kernels of the CPU
 * @param placement of the CPU's threads
 */
public record BackendOptions(
    int threads, boolean repack, CpuKernels kernels, ThreadPlacement placement) {
  private static final int MAX_THREADS = 512;

  public BackendOptions {
    if (threads < 1 || threads > maxThreads()) {
      throw new IllegalArgumentException(
          "threads is %d, expected 1 to %d; this machine has %d processors"
              .formatted(threads, maxThreads(), Runtime.getRuntime().availableProcessors()));
    }
  }

  /** Largest number of threads: far more than is useful, and few enough to start at once. */
  public static int maxThreads() {
    return Math.max(MAX_THREADS, Runtime.getRuntime().availableProcessors());
  }

  public BackendOptions(int threads, boolean repack) {
    this(threads, repack, CpuKernels.AUTO);
  }

  /** Options with threads where the system places them. */
  public BackendOptions(int threads, boolean repack, CpuKernels kernels) {
    this(threads, repack, kernels, ThreadPlacement.SYSTEM);
  }
}
