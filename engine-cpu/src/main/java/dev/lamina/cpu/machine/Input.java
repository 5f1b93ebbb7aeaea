package dev.lamina.cpu.machine;

import dev.lamina.cpu.kernel.PackedProducts;

/**
 * The layout of activations in memory: for each 32 columns, 8 times four signed bytes of each
 * token, in the order of columns of {@link dev.lamina.cpu.kernel.Packing}; then floats: the value
 * of one step, the total of the 32 columns and the totals of 16 columns; then the same totals in
 * steps.
 *
 * @param tokens number of tokens stored together
 * @param interleaved whether four bytes of each token follow each other, not all 64 of one
 */
record Input(int tokens, boolean interleaved) {
  /** The layout for a single token. */
  static final Input SINGLE = new Input(1, true);

  /** Number of tokens of a tile. */
  static final int TILE = PackedProducts.TOKENS;

  /** Number of columns that share a step. */
  static final int COLUMNS = 32;

  /** Bytes of a token for {@link #COLUMNS} columns. */
  static final int BLOCK = 64;

  int bytes(int columns) {
    return columns / COLUMNS * bytes();
  }

  /** Bytes of 32 columns of all tokens. Offsets count from their start. */
  int bytes() {
    return BLOCK * tokens;
  }

  private int at(int token, int each) {
    return interleaved ? each * tokens + 4 * token : each + BLOCK * token;
  }

  /** Offset of four bytes. */
  int four(int four, int token) {
    return at(token, 4 * (four & 7));
  }

  int unit(int token) {
    return at(token, 32);
  }

  /** Total of the group of 16 or 32 columns that starts with a column. */
  int total(int column, int group, int token) {
    return at(token, 36 + total(column, group));
  }

  /** The same total in steps. */
  int steps(int column, int group, int token) {
    return at(token, 48 + total(column, group));
  }

  private static int total(int column, int group) {
    return group == 32 ? 0 : (column & 16) == 0 ? 4 : 8;
  }
}
