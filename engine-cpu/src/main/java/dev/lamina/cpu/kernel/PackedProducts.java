package dev.lamina.cpu.kernel;

/**
 * Products of repacked matrices with activations of 8 bits. An instance holds the activations that
 * are being multiplied, in the layout of its kernels.
 */
public interface PackedProducts {
  /** Rows of one call. */
  int ROWS = 2 * Packing.ROWS;

  /** Tokens that should be multiplied together, if there are so many. */
  int TOKENS = 16;

  /** Whether matrices must have {@link DenseLines} where their type has. */
  boolean dense();

  /**
   * Makes room.
   *
   * @param tokens most of them
   * @param columns a multiple of 32
   * @param asFloats whether some matrix needs the activations as they are, see {@link
   *     PackedMatrix#asFloats}
   */
  void prepare(int tokens, int columns, boolean asFloats);

  /** Sets the shape of what {@link #fill} will bring. */
  void shape(int nTokens, int columns);

  /** Groups of tokens, each of which {@link #fill} takes on its own. */
  int nGroups();

  /**
   * Rounds a group of tokens of {@code x}, [nTokens, columns].
   *
   * @param scratch of the worker
   */
  void fill(int group, float[] x, boolean asFloats, Scratch scratch);

  /**
   * {@code y[t * yStride + r] = sum over k of W[r, k] * x[t, k]} for some tokens and the rows from
   * {@code rowBegin} on, as many as there are, at most {@link #ROWS}.
   *
   * @param rowBegin a multiple of {@link #ROWS}
   * @param begin first token, a multiple of {@link #TOKENS}
   * @param end after the last one
   * @param scratch of the worker
   */
  void multiply(
      PackedMatrix m, int rowBegin, int begin, int end, float[] y, int yStride, Scratch scratch);
}
