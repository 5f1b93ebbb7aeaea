package dev.lamina.engine.model;

/**
 * The hyperparameters of a decoder-only transformer.
 *
 * @param architecture value of {@code general.architecture}
 * @param nLayers transformer blocks
 * @param hiddenSize width of the residual stream
 * @param nHeads query heads
 * @param nKvHeads key-value heads, a divisor of nHeads
 * @param headDim width of a head
 * @param ffnSize width of the gated feed-forward network
 * @param nVocab rows of the embedding table
 * @param contextLength positions the model was trained for
 * @param rmsNormEps added to the mean square
 * @param rope rotary embedding
 */
public record ModelConfig(
    String architecture,
    int nLayers,
    int hiddenSize,
    int nHeads,
    int nKvHeads,
    int headDim,
    int ffnSize,
    int nVocab,
    int contextLength,
    float rmsNormEps,
    RopeConfig rope) {

  /** Width of all query heads together. */
  public int qSize() {
    return nHeads * headDim;
  }

  /** Width of all key (or value) heads together. */
  public int kvSize() {
    return nKvHeads * headDim;
  }
}
