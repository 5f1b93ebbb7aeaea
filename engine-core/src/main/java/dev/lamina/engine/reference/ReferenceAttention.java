package dev.lamina.engine.reference;

import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import dev.lamina.kernels.TensorType;
import java.util.Arrays;

/** The definition of attention of a layer, with the layer's KV cache. */
public final class ReferenceAttention {
  private final Op.Attention op;
  private final TensorType keyType;
  private final TensorType valueType;

  /** [position][nKvHeads, headDim], with the precision of the cache's type. */
  private final float[][] keys;

  private final float[][] values;

  /**
   * @param config types of the cache, and its number of positions
   * @throws IllegalArgumentException if heads are not whole blocks of the cache's type
   */
  public ReferenceAttention(Op.Attention op, SessionConfig config) {
    this.op = op;
    this.keyType = requireWholeBlocks(op, config.keyType());
    this.valueType = requireWholeBlocks(op, config.valueType());
    this.keys = new float[config.contextLength()][];
    this.values = new float[config.contextLength()][];
  }

  private static TensorType requireWholeBlocks(Op.Attention op, TensorType type) {
    if (op.headDim() % type.blockSize() != 0) {
      throw new IllegalArgumentException(
          "a KV cache of type %s takes heads of a multiple of %d elements, not of %d"
              .formatted(type, type.blockSize(), op.headDim()));
    }
    return type;
  }

  /**
   * Runs the whole operation on a pass.
   *
   * @param position of the first row
   * @param q [rows, nHeads, headDim]
   * @param k [rows, nKvHeads, headDim]
   * @param v [rows, nKvHeads, headDim]
   * @param out [rows, nHeads, headDim]
   */
  void forward(int position, int rows, float[] q, float[] k, float[] v, float[] out) {
    store(position, rows, k, v);
    for (int t = 0; t < rows; t++) {
      attend(position + t, q, t, out);
    }
  }

  /** Puts the keys and values of a pass into the cache, as {@link #forward}. */
  public void store(int position, int rows, float[] k, float[] v) {
    for (int t = 0; t < rows; t++) {
      keys[position + t] = CacheRounding.asCached(row(k, op.k(), t), keyType);
      values[position + t] = CacheRounding.asCached(row(v, op.v(), t), valueType);
    }
  }

  private static float[] row(float[] rows, Rows buffer, int t) {
    return Arrays.copyOfRange(rows, t * buffer.width(), (t + 1) * buffer.width());
  }

  /** {@code softmax(q k^T * scale) v} of row t, at {@code position}, for each head. */
  public void attend(int position, float[] q, int t, float[] out) {
    int dim = op.headDim();
    for (int head = 0; head < op.nHeads(); head++) {
      int kvAt = head / (op.nHeads() / op.nKvHeads()) * dim;
      int at = (t * op.nHeads() + head) * dim;
      double[] weights = softmax(scores(position, q, at, kvAt));
      for (int d = 0; d < dim; d++) {
        double sum = 0;
        for (int p = 0; p <= position; p++) {
          sum += weights[p] * values[p][kvAt + d];
        }
        out[at + d] = (float) sum;
      }
    }
  }

  /** {@code q k * scale} for all positions up to this one, which is included. */
  private double[] scores(int position, float[] q, int qAt, int kvAt) {
    double[] scores = new double[position + 1];
    for (int p = 0; p <= position; p++) {
      double product = 0;
      for (int d = 0; d < op.headDim(); d++) {
        product += (double) q[qAt + d] * keys[p][kvAt + d];
      }
      scores[p] = product * op.scale();
    }
    return scores;
  }

  /** {@code e^x / sum of all e^x}; the largest score is subtracted first to avoid overflow. */
  private static double[] softmax(double[] scores) {
    double largest = Arrays.stream(scores).max().orElseThrow();
    double[] weights = Arrays.stream(scores).map(score -> Math.exp(score - largest)).toArray();
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  /** The values of a position as read from the cache, [nKvHeads, headDim]. */
  public float[] cachedValues(int position) {
    return values[position].clone();
  }
}
