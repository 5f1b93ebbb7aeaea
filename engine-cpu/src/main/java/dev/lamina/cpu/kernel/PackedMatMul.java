package dev.lamina.cpu.kernel;

import java.util.Arrays;

/**
 * Products of a repacked matrix with activations of 8 bits, 32 rows at a time. A single token is
 * multiplied directly. For several, two strips are first expanded to codes of 16 bits, a unit at a
 * time.
 */
public final class PackedMatMul {
  /** Rows of one call. */
  public static final int ROWS = PackedTiles.ROWS;

  private static final int N = Lanes.N;

  private PackedMatMul() {}

  /**
   * {@code y[yAt + t * yStride + r] = sum over k of W[rowBegin + r, k] * x[t, k]} for some tokens t
   * and the rows from {@code rowBegin} on, as many as there are, at most {@link #ROWS}.
   *
   * @param rowBegin a multiple of {@link #ROWS}
   * @param begin first token, a multiple of {@link PackedInput#TOKENS}
   * @param end after the last one
   */
  public static void rows(
      PackedMatrix m,
      int rowBegin,
      PackedInput x,
      int begin,
      int end,
      float[] y,
      int yAt,
      int yStride,
      Scratch scratch) {
    int padded =
        x.nTokens() == 1 ? 1 : Math.ceilDiv(end - begin, PackedInput.TOKENS) * PackedInput.TOKENS;
    float[] sums = scratch.products(padded * ROWS);
    Arrays.fill(sums, 0, padded * ROWS, 0);
    int strip = rowBegin / Packing.ROWS;
    int nStrips = Math.min(2, m.nStrips() - strip);
    if (padded == 1) {
      for (int i = 0; i < nStrips; i++) {
        for (int sub = 0; sub < Packing.ROWS; sub += N) {
          oneToken(m, strip + i, sub, x, sums, Packing.ROWS * i + sub, scratch);
        }
      }
    } else {
      manyTokens(m, strip, nStrips, x, begin, end, sums, scratch);
    }
    int n = Math.min(ROWS, m.rows - rowBegin);
    for (int t = begin; t < end; t++) {
      System.arraycopy(sums, (t - begin) * ROWS, y, yAt + t * yStride, n);
    }
  }

  private static void oneToken(
      PackedMatrix m, int strip, int sub, PackedInput x, float[] y, int at, Scratch scratch) {
    for (int u = 0, k = 0; k < m.columns; u++, k += m.unit) {
      long from = m.offset(strip, u);
      PackedScales.read(m, from, sub, scratch.vector().scales, scratch.vector().mins, sub);
      if (m.packing.table() == null) {
        scratch.vector().dot.unit(m, from, sub, x, k, scratch, y, at);
      } else {
        scratch.vector().look.unit(m, from, sub, x, k, scratch, y, at);
      }
    }
  }

  private static void manyTokens(
      PackedMatrix m,
      int strip,
      int nStrips,
      PackedInput x,
      int begin,
      int end,
      float[] y,
      Scratch scratch) {
    int units = m.columns / m.unit;
    int step = Packing.UNIT / m.unit;
    for (int u = 0; u < units; u += step) {
      int n = Math.min(step, units - u);
      int nGroups = m.unit / m.packing.group();
      for (int i = 0; i < n; i++) {
        for (int s = 0; s < nStrips; s++) {
          unpack(m, strip + s, u + i, s, i * m.unit, i * nGroups, scratch);
        }
      }
      if (m.packing.asFloats()) {
        floatTiles(m, u * m.unit, n * m.unit, x, begin, end, y, scratch);
      } else {
        intTiles(m, u * m.unit, n * nGroups, x, begin, end, y, scratch);
      }
    }
  }

  private static void unpack(
      PackedMatrix m, int strip, int unit, int half, int column, int group, Scratch scratch) {
    long from = m.offset(strip, unit);
    int to = column / 2 * PackedPanel.STEP + 2 * Packing.ROWS * half;
    int scale = group * ROWS + Packing.ROWS * half;
    for (int sub = 0; sub < Packing.ROWS; sub += N) {
      PackedPanel.unpack(m, from, sub, scratch.vector().codePanel, to);
      PackedScales.read(m, from, sub, scratch.vector().scales, scratch.vector().mins, scale + sub);
    }
  }

  private static void intTiles(
      PackedMatrix m,
      int k,
      int nGroups,
      PackedInput x,
      int begin,
      int end,
      float[] y,
      Scratch scratch) {
    int group = m.packing.group();
    for (int t = begin; t < end; t += 4) {
      int a = t * x.columns() / 2 + 2 * k;
      for (int row = 0; row < ROWS; row += 2 * N) {
        PackedTiles.multiply(
            scratch.vector().codePanel,
            2 * row,
            x.pairs,
            a,
            nGroups,
            group / 2,
            scratch.vector().shortSums);
        for (int i = 0; i < 8; i++) {
          int r = row + (i & 1) * N;
          int to = (t - begin + i / 2) * ROWS + r;
          scale(m, k, nGroups, i, t + i / 2, r, x, y, to, scratch);
        }
      }
    }
  }

  /** Scales a vector of a tile's sums: that of one token and of the rows from r on. */
  private static void scale(
      PackedMatrix m,
      int k,
      int nGroups,
      int vector,
      int token,
      int r,
      PackedInput x,
      float[] y,
      int to,
      Scratch scratch) {
    int group = m.packing.group();
    int shift = group == 16 ? 1 : 0;
    int column = token * x.columns() + k;
    int from = vector * Lanes.S.length();
    PackedTiles.scale(
        scratch.vector().shortSums,
        from,
        nGroups,
        scratch.vector().scales,
        scratch.vector().mins,
        m.packing.hasMins(),
        r,
        x.units,
        column / 32,
        shift,
        group == 16 ? x.totals16 : x.totals32,
        column / group,
        y,
        to);
  }

  private static void floatTiles(
      PackedMatrix m, int k, int n, PackedInput x, int begin, int end, float[] y, Scratch scratch) {
    for (int row = 0; row < ROWS; row += N) {
      PackedTiles.toFloats(
          scratch.vector().codePanel,
          2 * row,
          n / 2,
          m.packing.group() / 2,
          scratch.vector().scales,
          row,
          scratch.vector().panel,
          row);
    }
    for (int t = begin; t < end; t += 4) {
      int a = t * x.columns() + 4 * k;
      for (int row = 0; row < ROWS; row += 2 * N) {
        int to = (t - begin) * ROWS + row;
        PackedTiles.multiplyFloats(scratch.vector().panel, row, x.floats, a, n, y, to);
      }
    }
  }
}
