package dev.lamina.kernels.device;

import dev.lamina.kernels.TensorType;

/**
 * The kernels of a program for weights of one type, and how each is launched. {@code w} is a matrix
 * in its GGUF blocks, at an address that is a multiple of 16 bytes; everything else is float32 or
 * int32.
 *
 * <pre>
 * mul_mat_vec_1, _2, _4, _8  (w, x, bias, y, int columns, int rows, int hasBias)
 * mul_mat                    (w, x, bias, y, int columns, int rows, int hasBias, int nTokens)
 * get_rows                   (w, int tokens[nTokens], y, int columns)
 * </pre>
 *
 * Shapes: w [rows, columns], x [nTokens, columns], bias [rows] (any buffer unless hasBias is 1), y
 * [nTokens, rows], of get_rows [nTokens, columns]. {@code columns} is a multiple of the type's
 * block size; {@code tokens} are not checked.
 */
public final class WeightKernels {
  private static final int VEC_THREADS = 256;

  /** Rows that a group of mul_mat_vec computes, for any number of tokens. */
  private static final int VEC_GROUP_ROWS = 16;

  private static final int TILE_ROWS = 64;
  private static final int TILE_TOKENS = 32;
  private static final int GET_ROWS_THREADS = 64;

  private static final int[] VEC_TOKENS = {1, 2, 4, 8};

  private WeightKernels() {}

  /** The largest number of tokens for which there is a mul_mat_vec kernel: 8. */
  public static int maxVecTokens() {
    return VEC_TOKENS[VEC_TOKENS.length - 1];
  }

  /**
   * A product with few tokens.
   *
   * @param nTokens 1, 2, 4 or 8
   * @throws IllegalArgumentException if there is no kernel for this number
   */
  public static Launch mulMatVec(int rows, int nTokens) {
    if (nTokens < 1 || nTokens > maxVecTokens() || Integer.bitCount(nTokens) != 1) {
      throw new IllegalArgumentException("no mul_mat_vec kernel for " + nTokens + " tokens");
    }
    return new Launch("mul_mat_vec_" + nTokens, Math.ceilDiv(rows, VEC_GROUP_ROWS), 1, VEC_THREADS);
  }

  /** A product with any number of tokens. */
  public static Launch mulMat(int rows, int nTokens) {
    return new Launch(
        "mul_mat", Math.ceilDiv(rows, TILE_ROWS), Math.ceilDiv(nTokens, TILE_TOKENS), TILE_ROWS);
  }

  /** Dequantizes one row per token. */
  public static Launch getRows(int columns, int nTokens) {
    return new Launch(
        "get_rows", Math.ceilDiv(columns, 32 * GET_ROWS_THREADS), nTokens, GET_ROWS_THREADS);
  }

  static String source(TensorType type) {
    int[] codebook = DeviceCodebooks.words(type);
    DeviceSource source =
        new DeviceSource()
            .define("BLOCK_SIZE", type.blockSize())
            .define("BLOCK_BYTES", type.blockBytes())
            .define("VEC_THREADS", VEC_THREADS)
            .define("TILE_ROWS", TILE_ROWS)
            .define("TILE_TOKENS", TILE_TOKENS)
            .define("GET_ROWS_THREADS", GET_ROWS_THREADS)
            .define("TABLE_WORDS", codebook.length);
    if (codebook.length > 0) {
      source.table("CODEBOOK", codebook);
    }
    source.include("table.h").include(DeviceProgram.headerName(type) + ".h");
    for (int nTokens : VEC_TOKENS) {
      // Local memory for x: at most 32 groups of 32 columns of 4 tokens, 18 KiB.
      int lanes = Math.min(32, 128 / nTokens);
      source.define("N_TOKENS", nTokens).define("VEC_LANES", lanes);
      source.define("VEC_ROWS", VEC_GROUP_ROWS * lanes / VEC_THREADS).include("mul_mat_vec.h");
    }
    return source.include("mul_mat.h").include("get_rows.h").text();
  }
}
