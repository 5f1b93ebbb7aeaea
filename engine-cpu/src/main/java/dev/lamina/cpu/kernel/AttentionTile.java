package dev.lamina.cpu.kernel;

import java.util.Arrays;

/**
 * Attention of rows that share a key head and a value head: query heads of one or several tokens.
 * Each key and value is read once for all rows. The caller provides the scores, rows of positions;
 * everything else is working memory of one worker. Nothing is allocated after construction.
 *
 * <p>Call {@link #query} for each row and {@link #score} for each tile of keys; {@link
 * #exponentials}, {@link #factors} and {@link #weigh} for each row; then {@link #clear}, and {@link
 * #addValues} for each tile of values. So weights are normalized before they are rounded, as in
 * llama.cpp. With a running maximum and sum, logits would differ from llama.cpp's by half as much
 * again.
 */
public final class AttentionTile {
  private static final int N = Lanes.N;

  private final int headDim;
  private final int stride;
  private final Scratch scratch;

  /** Queries, [rows, headDim]. */
  private final float[] queries;

  /** Keys, [headDim, POSITIONS], or values, [panels, POSITIONS, WIDTH]. */
  private final float[] tile;

  /** Weighted values, [rows, stride]: headDim rounded up to whole vectors. */
  private final float[] sums;

  /**
   * @param maxRows most rows at once
   * @param scratch of the same worker
   */
  public AttentionTile(int maxRows, int headDim, Scratch scratch) {
    this.headDim = headDim;
    this.stride = (headDim + N - 1) / N * N;
    this.scratch = scratch;
    this.queries = new float[maxRows * headDim];
    int panels = (headDim + RowProducts.WIDTH - 1) / RowProducts.WIDTH;
    this.tile = new float[KeyTiles.POSITIONS * panels * RowProducts.WIDTH];
    this.sums = new float[maxRows * stride];
  }

  /**
   * The buffer for a tile that {@link KeyTiles} or {@link ValueTiles} loads, for {@link #score} or
   * {@link #addValues}.
   */
  public float[] tile() {
    return tile;
  }

  /**
   * Sets one row's query.
   *
   * @param scale factor of all scores
   * @param round whether to round the query to F16 first, as llama.cpp does if keys are F16
   */
  public void query(int row, float[] q, int at, float scale, boolean round) {
    int to = row * headDim;
    if (round) {
      VectorMath.roundToF16(q, at, queries, to, headDim);
    } else {
      System.arraycopy(q, at, queries, to, headDim);
    }
    VectorMath.scale(scale, queries, to, headDim);
  }

  /**
   * Computes the scores of all rows with the keys in {@link #tile}.
   *
   * @param at of the first row, where the tile's scores begin; the next rows' are {@code stride}
   *     apart
   * @param positions of the tile that are wanted; up to {@link KeyTiles#POSITIONS} are written
   */
  public void score(int nRows, float[] scores, int at, int stride, int positions) {
    for (int r = 0; r < nRows; r++) {
      int row = at + r * stride;
      Arrays.fill(scores, row, row + KeyTiles.POSITIONS, 0);
    }
    RowProducts.multiplyAdd(
        queries, 0, headDim, nRows, tile, 0, headDim, scores, at, stride, positions);
  }

  /**
   * Replaces scores of a row, or of a part of it, by {@code e^(score - largest)}, after hiding
   * positions.
   *
   * @param visible positions that the row attends to; below 1: none
   * @param columns that {@link #addValues} will read
   * @param softmax receives the largest score and the sum of the exponentials at {@code softmaxAt}
   */
  public void exponentials(
      float[] scores, int at, int visible, int columns, float[] softmax, int softmaxAt) {
    int n = Math.max(0, visible);
    Arrays.fill(scores, at + n, at + columns, 0);
    float max = VectorMath.max(scores, at, n);
    Exp.expOfDifference(scores, at, n, max);
    softmax[softmaxAt] = max;
    softmax[softmaxAt + 1] = VectorMath.sum(scores, at, n, scratch);
  }

  /**
   * Computes the factors that turn exponentials into weights with the sum 1 over all parts of a
   * row.
   *
   * @param softmax results of {@link #exponentials} for each part, from {@code at} on; the part's
   *     factor replaces its largest score
   */
  public static void factors(float[] softmax, int at, int nParts) {
    int end = at + 2 * nParts;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = at; i < end; i += 2) {
      max = Math.max(max, softmax[i]);
    }
    float total = 0;
    for (int i = at; i < end; i += 2) {
      softmax[i] = Exp.exp(softmax[i] - max);
      total = Math.fma(softmax[i], softmax[i + 1], total);
    }
    for (int i = at; i < end; i += 2) {
      softmax[i] /= total;
    }
  }

  /**
   * Turns exponentials into weights.
   *
   * @param round whether to round the weights to F16, as llama.cpp does if values are F16
   */
  public static void weigh(float factor, float[] scores, int at, int n, boolean round) {
    if (round) {
      VectorMath.scaleToF16(factor, scores, at, n);
    } else {
      VectorMath.scale(factor, scores, at, n);
    }
  }

  /** Sets the sums of values to 0. */
  public void clear(int nRows) {
    Arrays.fill(sums, 0, nRows * stride, 0);
  }

  /**
   * Adds the values in {@link #tile}, weighted.
   *
   * @param at of the first row, where the weights of the tile's positions begin; the next rows' are
   *     {@code weightStride} apart
   */
  public void addValues(int nRows, float[] weights, int at, int weightStride, int positions) {
    for (int i = 0; i < headDim; i += RowProducts.WIDTH) {
      int width = Math.min(RowProducts.WIDTH, headDim - i);
      int panel = KeyTiles.POSITIONS * i;
      RowProducts.multiplyAdd(
          weights, at, weightStride, nRows, tile, panel, positions, sums, i, stride, width);
    }
  }

  /** Writes a row's sums of values to {@code out[at, at + headDim)}. */
  public void finish(int row, float[] out, int at) {
    System.arraycopy(sums, row * stride, out, at, headDim);
  }

  /**
   * Adds up the results of {@link #finish} for the parts of one row.
   *
   * @param parts {@code nParts} times {@code headDim} elements from {@code from} on
   * @param out receives the sums in {@code [at, at + headDim)}
   */
  public static void addUp(float[] parts, int from, int nParts, float[] out, int at, int headDim) {
    System.arraycopy(parts, from, out, at, headDim);
    for (int i = 1; i < nParts; i++) {
      VectorMath.add(out, at, parts, from + i * headDim, out, at, headDim);
    }
  }
}
