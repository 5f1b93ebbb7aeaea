package dev.lamina.kernels.device;

/**
 * How a kernel is launched: groups of a fixed number of threads, in up to two dimensions of groups.
 *
 * @param kernel its name in the program
 * @param threads per group, all in the x dimension
 */
public record Launch(String kernel, int groupsX, int groupsY, int threads) {
  /** For messages, such as {@code kernel add (12 x 1 groups of 256 threads)}. */
  @Override
  public String toString() {
    return "kernel %s (%d x %d groups of %d threads)".formatted(kernel, groupsX, groupsY, threads);
  }
}
