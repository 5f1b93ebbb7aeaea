package dev.lamina.cpu.machine;

/**
 * How activations lie in memory: for each 32 columns, 8 times four signed bytes of each token, in
 * the order of columns of {@link dev.lamina.cpu.kernel.Packing}; then floats of each token: what
 * one step is, the total of the 32 columns, and those of 16 columns each.
 *
 * @param tokens that are interleaved
 */
record Input(int tokens) {
  /** Of a token and 32 columns. */
  private static final int BLOCK = 32 + 4 * Float.BYTES;

  int bytes(int columns) {
    return columns / 32 * BLOCK * tokens;
  }

  private int at(int column, int token, int each) {
    return bytes(column) + each * tokens + 4 * token;
  }

  /** Offset of four bytes. */
  int four(int four, int token) {
    return at(4 * four, token, 4 * (four & 7));
  }

  int unit(int column, int token) {
    return at(column, token, 32);
  }

  int total32(int column, int token) {
    return at(column, token, 36);
  }

  int total16(int column, int token) {
    return at(column, token, (column & 16) == 0 ? 40 : 44);
  }
}
