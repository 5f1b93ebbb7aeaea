package dev.lamina.cpu.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The arithmetic of attention for one worker. Rows share a key head and a value head: query heads
 * of one or several tokens. Each key and value is read once for all rows.
 *
 * <p>Queries, scores, sums and softmax are in one array, which the caller divides; all places and
 * distances are indices of it. The tiles are those of {@link KeyTiles} and {@link ValueTiles} in a
 * KV cache, given by their byte offsets. Nothing is allocated.
 *
 * <p>Call {@link #queries}, and {@link #score} for each tile of keys; hide what a row does not
 * attend to by scores of negative infinity; call {@link #exponentials} and, when {@link
 * Softmax#factors} has replaced the largest scores, {@link #weigh}; then {@link #addValues} for
 * each tile of values. So weights are normalized before they are rounded, as in llama.cpp. With a
 * running maximum and sum, logits would differ from llama.cpp's by half as much again.
 */
public interface AttentionKernels {
  /** Columns are processed in groups of this number of scores. */
  int GROUP = 16;

  /** Distance of rows of sums: the headDim in whole groups. */
  static int sumStride(int headDim) {
    return (headDim + GROUP - 1) / GROUP * GROUP;
  }

  /** Writes {@code k[at, at + headDim)} to a position of a tile, rounded as {@link CacheRows}. */
  void storeKey(float[] k, int at, MemorySegment keys, long tile, int position);

  /** Writes {@code v[at, at + headDim)} to a position of a tile, rounded as {@link CacheRows}. */
  void storeValue(float[] v, int at, MemorySegment values, long tile, int position);

  /**
   * Scales queries. Where keys are F16 it rounds them to F16 before, as llama.cpp does.
   *
   * @param queries [rows, headDim], with room for a whole group at the end
   * @param factor place of the factor
   */
  void queries(int rows, int queries, int factor);

  /**
   * Computes the scores of all rows with the keys of a tile.
   *
   * @param next the tile that will be needed next, or the same one
   * @param scores of the first row; up to {@link KeyTiles#POSITIONS} are written
   * @param stride distance of rows of scores
   * @param positions of the tile that are wanted
   */
  void score(
      MemorySegment keys,
      long tile,
      long next,
      int rows,
      int queries,
      int scores,
      int stride,
      int positions);

  /**
   * Replaces scores by {@code e^(score - largest of the row)}. Negative infinity becomes 0.
   *
   * @param columns scores of a row, rounded up to whole groups
   * @param softmax receives the largest score and the sum of the exponentials of the first row
   * @param softmaxStride distance of those of the next row
   */
  void exponentials(int rows, int columns, int scores, int stride, int softmax, int softmaxStride);

  /**
   * Multiplies each row by the factor at its softmax. Where values are F16 it rounds the weights to
   * F16 afterwards, as llama.cpp does.
   *
   * @param columns scores of a row, rounded up to whole groups
   */
  void weigh(int rows, int columns, int scores, int stride, int softmax, int softmaxStride);

  /**
   * Adds the first values of a tile, weighted.
   *
   * @param next the tile that will be needed next, or the same one
   * @param weights of the first row; the next rows' are {@code stride} apart
   * @param positions number of values
   * @param sums of the first row, {@link #sumStride} floats
   * @param distance of rows of sums
   */
  void addValues(
      MemorySegment values,
      long tile,
      long next,
      int rows,
      int weights,
      int stride,
      int positions,
      int sums,
      int distance);

  /**
   * Adds the other parts of a row to the first one.
   *
   * @param parts sums of at least two parts, each {@link #sumStride} long
   */
  void addUp(int parts, int nParts);
}
