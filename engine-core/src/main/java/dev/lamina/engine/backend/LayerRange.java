package dev.lamina.engine.backend;

/**
 * Consecutive parts of a model: optionally the embedding, layers {@code [firstLayer, endLayer)},
 * optionally the head.
 */
public record LayerRange(boolean embedding, int firstLayer, int endLayer, boolean head) {
  public LayerRange {
    if (firstLayer < 0 || endLayer < firstLayer) {
      throw new IllegalArgumentException("layers " + firstLayer + " to " + endLayer);
    }
  }

  /** The whole model. */
  public static LayerRange all(int nLayers) {
    return new LayerRange(true, 0, nLayers, true);
  }
}
