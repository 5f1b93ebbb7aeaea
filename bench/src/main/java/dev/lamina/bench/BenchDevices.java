package dev.lamina.bench;

import dev.lamina.engine.placement.Target;
import java.util.List;

/**
 * Opened devices that tests run on.
 *
 * @param targets the CPU, then the GPUs
 * @param closer closes them
 */
public record BenchDevices(List<Target> targets, Runnable closer) implements AutoCloseable {
  /** Opens devices for a model, as the settings name them, with their threads and kernels. */
  @FunctionalInterface
  public interface Source {
    BenchDevices open(MeasuredModel model, BenchSettings settings);
  }

  @Override
  public void close() {
    closer.run();
  }
}
