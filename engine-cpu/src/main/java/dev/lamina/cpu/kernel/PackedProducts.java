package dev.lamina.cpu.kernel;

/**
 * Products of repacked matrices with activations of 8 bits. An instance holds the current
 * activations, in the layout of its kernels.
 */
public interface PackedProducts {
  /** Number of rows that are repacked together; calls begin at a multiple of it. */
  int ROWS = 2 * Packing.ROWS;

  /** Number of tokens that should be multiplied together, if there are enough. */
  int TOKENS = 16;

  /** Whether matrices must use {@link DenseLines} if their type has them. */
  boolean dense();

  /**
   * Allocates memory for activations.
   *
   * @param tokens largest number of tokens
   * @param columns a multiple of 32
   * @param asFloats whether a matrix needs the activations as floats, see {@link
   *     PackedMatrix#asFloats}
   */
  void prepare(int tokens, int columns, boolean asFloats);

  /** Sets the shape of the activations for {@link #fill}. */
  void shape(int nTokens, int columns);

  /** Number of tokens of a group; each call of {@link #fill} takes one. */
  int groupTokens();

  /**
   * Rounds a group of tokens of x, [nTokens, columns].
   *
   * @param xAt index of the first activation of all tokens
   * @param scratch of the worker
   */
  void fill(int group, float[] x, int xAt, boolean asFloats, Scratch scratch);

  /**
   * {@code y[yAt + t * yStride + r] = sum over k of W[rowBegin + r, k] * x[t, k]} for some tokens t
   * and rows r.
   *
   * @param rowBegin a multiple of {@link #ROWS}
   * @param rows a multiple of {@link #ROWS}, or all that are left
   * @param begin first token, a multiple of {@link #TOKENS}
   * @param end after the last one
   * @param yAt index of the first row's result for token 0
   * @param scratch of the worker
   */
  void multiply(
      PackedMatrix m,
      int rowBegin,
      int rows,
      int begin,
      int end,
      float[] y,
      int yAt,
      int yStride,
      Scratch scratch);
}
