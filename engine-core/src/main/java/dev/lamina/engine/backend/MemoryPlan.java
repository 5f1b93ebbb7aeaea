package dev.lamina.engine.backend;

/**
 * Exact bytes that a stack takes on its device.
 *
 * @param weights copies of weights, repacked or as in the file; 0 where the mapped file is used
 * @param kvCache keys and values for the whole context
 * @param scratch activations and temporary buffers
 * @param overhead other memory that the device's software takes: programs, captured graphs, staging
 */
public record MemoryPlan(long weights, long kvCache, long scratch, long overhead) {
  /** A plan that takes no memory. */
  public static final MemoryPlan NONE = new MemoryPlan(0, 0, 0, 0);

  /** A plan for a context of unlimited length: more bytes than fit a number. */
  public static final MemoryPlan BOUNDLESS = new MemoryPlan(0, Long.MAX_VALUE, 0, 0);

  public long total() {
    return Math.addExact(Math.addExact(weights, kvCache), Math.addExact(scratch, overhead));
  }
}
