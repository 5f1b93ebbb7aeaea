package dev.lamina.bench;

import dev.lamina.engine.model.Model;

/**
 * A model that is measured.
 *
 * @param bytes of its weights
 * @param closer closes its file
 */
public record MeasuredModel(BenchModel description, Model model, long bytes, Runnable closer)
    implements AutoCloseable {
  @Override
  public void close() {
    closer.run();
  }
}
