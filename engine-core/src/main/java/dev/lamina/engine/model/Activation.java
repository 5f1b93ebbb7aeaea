package dev.lamina.engine.model;

/**
 * A named buffer of activations, {@code width} float32 values for each token of a batch.
 *
 * @param name unique within a model's graph
 * @param width values per token
 */
public record Activation(String name, int width) {
  // Written out because the JVM takes 10 ms to make the first ones of records at start.
  @Override
  public boolean equals(Object other) {
    return other instanceof Activation(String n, int w) && n.equals(name) && w == width;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
