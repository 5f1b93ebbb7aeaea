package dev.lamina.cpu.kernel;

import java.util.Arrays;

/**
 * Attention of some rows, which share a key and value head: one token's query heads, or several
 * tokens'. It goes over blocks of positions with a running maximum and sum, so that each key and
 * value is read once for all rows, and memory does not depend on the context. Working memory of one
 * worker; nothing is allocated after construction.
 *
 * <p>For each block: {@link #score}, then {@link #softmax}, then {@link #addValues}.
 */
public final class AttentionTile {
  /** Positions of a block, a multiple of {@link KeyTiles#POSITIONS}. */
  public static final int BLOCK = 4 * KeyTiles.POSITIONS;

  private static final int N = Lanes.N;

  private final int headDim;
  private final int stride;
  private final Scratch scratch;

  /** [rows, headDim]. */
  private final float[] queries;

  /** Keys, [headDim, POSITIONS], or values, [panels, POSITIONS, WIDTH]. */
  private final float[] tile;

  /** Scores of a block, then their exponentials, [rows, BLOCK]. */
  private final float[] scores;

  /** Weighted values, [rows, stride]: headDim rounded up to whole vectors. */
  private final float[] sums;

  /** Of a row's scores so far: the largest. */
  private final float[] max;

  /** Of a row's scores so far: the sum of e^(score - max). */
  private final float[] total;

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
    this.scores = new float[maxRows * BLOCK];
    this.sums = new float[maxRows * stride];
    this.max = new float[maxRows];
    this.total = new float[maxRows];
  }

  /**
   * Where a tile is put as {@link KeyTiles} or {@link ValueTiles} read it, for {@link #score} or
   * {@link #addValues}.
   */
  public float[] tile() {
    return tile;
  }

  /** Starts with no positions seen. */
  public void clear(int nRows) {
    Arrays.fill(max, 0, nRows, Float.NEGATIVE_INFINITY);
    Arrays.fill(total, 0, nRows, 0);
    Arrays.fill(sums, 0, nRows * stride, 0);
  }

  /**
   * Sets one row's query.
   *
   * @param scale factor of all scores
   * @param round to F16 first, as llama.cpp does if keys are F16
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
   * Scores of all rows with the keys in {@link #tile}.
   *
   * @param column of the block, where the tile begins
   * @param positions of the tile that are wanted; some more may be computed
   */
  public void score(int nRows, int column, int positions) {
    for (int r = 0; r < nRows; r++) {
      int at = r * BLOCK + column;
      Arrays.fill(scores, at, at + KeyTiles.POSITIONS, 0);
    }
    RowProducts.multiplyAdd(
        queries, 0, headDim, nRows, tile, 0, headDim, scores, column, BLOCK, positions);
  }

  /**
   * Makes the scores of a block exponentials, after hiding positions from a row.
   *
   * @param visible columns of the block that the row attends to, 0 to {@code columns}
   * @param columns that {@link #addValues} will read
   */
  public void softmax(int row, int visible, int columns) {
    int at = row * BLOCK;
    Arrays.fill(scores, at + visible, at + columns, 0);
    if (visible == 0) {
      return;
    }
    float newMax = Math.max(max[row], VectorMath.max(scores, at, visible));
    if (newMax > max[row]) {
      float factor = Exp.exp(max[row] - newMax);
      total[row] *= factor;
      VectorMath.scale(factor, sums, row * stride, stride);
      max[row] = newMax;
    }
    Exp.expOfDifference(scores, at, visible, newMax);
    total[row] += VectorMath.sum(scores, at, visible, scratch);
  }

  /** Adds the values in {@link #tile}, weighted with the exponentials from a column on. */
  public void addValues(int nRows, int column, int positions) {
    for (int i = 0; i < headDim; i += RowProducts.WIDTH) {
      int width = Math.min(RowProducts.WIDTH, headDim - i);
      int panel = KeyTiles.POSITIONS * i;
      RowProducts.multiplyAdd(
          scores, column, BLOCK, nRows, tile, panel, positions, sums, i, stride, width);
    }
  }

  /** Writes a row's weighted mean of the values to {@code out[at, at + headDim)}. */
  public void finish(int row, float[] out, int at) {
    VectorMath.scale(1 / total[row], sums, row * stride, stride);
    System.arraycopy(sums, row * stride, out, at, headDim);
  }

  /**
   * Writes a row for {@link #merge}: the largest score, the sum of exponentials, and headDim sums
   * of values.
   */
  public void save(int row, float[] parts, int at) {
    parts[at] = max[row];
    parts[at + 1] = total[row];
    System.arraycopy(sums, row * stride, parts, at + 2, headDim);
  }

  /** Elements of a part that {@link #save} writes. */
  public static int partLength(int headDim) {
    return headDim + 2;
  }

  /**
   * Joins what {@link #save} wrote for ranges of positions of one row.
   *
   * @param parts {@code nParts} parts from {@code from} on, {@code partStride} apart
   * @param out receives the weighted mean of the values in {@code [at, at + headDim)}
   */
  public static void merge(
      float[] parts, int from, int partStride, int nParts, float[] out, int at, int headDim) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < nParts; i++) {
      max = Math.max(max, parts[from + i * partStride]);
    }
    float total = 0;
    Arrays.fill(out, at, at + headDim, 0);
    for (int i = 0; i < nParts; i++) {
      int part = from + i * partStride;
      float factor = Exp.exp(parts[part] - max);
      total = Math.fma(factor, parts[part + 1], total);
      VectorMath.addScaled(factor, parts, part + 2, out, at, headDim);
    }
    VectorMath.scale(1 / total, out, at, headDim);
  }
}
