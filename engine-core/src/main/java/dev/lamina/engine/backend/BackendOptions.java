package dev.lamina.engine.backend;

/**
 * @param threads CPU threads to compute with, 1 or more
 * @param repack weights may be kept in another layout than the file's where that is faster; it
 *     takes memory and time at the load
 * @param kernels of the CPU
 */
public record BackendOptions(int threads, boolean repack, CpuKernels kernels) {
  public BackendOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", expected 1 or more");
    }
  }

  public BackendOptions(int threads, boolean repack) {
    this(threads, repack, CpuKernels.AUTO);
  }
}
