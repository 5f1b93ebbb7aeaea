package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.codebook.Codebooks;

/**
 * The layout of repacked weights of a type for the integer kernels: indices of few bits, with their
 * scales. A weight is {@code scale * code + min} as in {@link Codes}.
 *
 * <p>Rows are taken in strips of 16 and columns in units of up to 256. A unit has the scales, then
 * the indices. In all of them a line of 64 bytes holds 4 bytes of each row.
 *
 * <p>The lines of indices serve two kinds of kernels. Kernels with 16-bit lanes, for the even and
 * the odd columns, multiply two columns of 16 rows by one 32-bit broadcast of two activations.
 * Kernels with 8-bit lanes multiply four columns by a broadcast of four activations: of eight
 * columns, first (0, 4, 1, 5), then (2, 6, 3, 7). So each byte holds fields of 2, 4 or 8 bits,
 * lowest first, of columns that are 2, 8 and 10 further than the first. Indices of 3, 5 and 6 bits
 * have their high bits in a separate line after the lines of low bits of the same columns, in the
 * same order, so that memory is read in one stream.
 *
 * @param bits of an index: 2, 3 (2 low and 1 high), 4, 5 (4 and 1), 6 (4 and 2) or 8
 * @param bias an index is the code plus this; mins account for it. 8 bits are signed
 * @param table codes by index, in place of the bias, or null
 * @param codeFactor the table's codes are those of {@link Codes} divided by this
 * @param group columns that share a scale: 16 or 32
 * @param steps products of any code with an activation of 8 bits that fit a sum of 16 bits: 2, 4, 8
 *     or 16
 * @param scales how the scales are stored
 * @param hasMins the same holds for minima
 * @param scaleFactor ratio of the scales of {@link Codes} to the F16 in the file
 * @param dense another layout of the indices; null for the one above
 */
@SuppressWarnings("ArrayRecordComponent")
public record Packing(
    int bits,
    int bias,
    short[] table,
    float codeFactor,
    int group,
    int steps,
    Scales scales,
    boolean hasMins,
    float scaleFactor,
    DenseLines dense) {
  /** Kinds of scales. */
  public enum Scales {
    /** A signed byte for each group, times an F16 for 256 columns. */
    BYTES,
    /**
     * Half of an odd number below 32, in four bits for each group, times an F16 for 256 columns.
     */
    NIBBLES,
    /** An F16 for each group. */
    F16,
    /** The upper half of a float for each group. */
    BF16
  }

  /** Rows of a strip, whatever the width of vectors. */
  public static final int ROWS = 16;

  /** Bytes of a line: 4 of each row. */
  public static final int LINE = 4 * ROWS;

  /** Largest number of columns of a unit. */
  public static final int UNIT = 256;

  /** Size of a table, which fills a vector of shorts. */
  private static final int TABLE = 32;

  /**
   * The layout for a type; null if there is none.
   *
   * @param dense for kernels that read {@link DenseLines}, if the type has them
   */
  static Packing of(TensorType type, boolean dense) {
    Packing packing = of(type);
    return packing != null && dense ? packing.with(DenseLines.of(type, packing)) : packing;
  }

  private static Packing of(TensorType type) {
    return switch (type) {
      case Q4_0 -> halves(4, 8, false);
      case Q4_1 -> halves(4, 0, true);
      case Q5_0 -> halves(5, 16, false);
      case Q5_1 -> halves(5, 16, true);
      case Q8_0 -> new Packing(8, 0, null, 1, 32, 2, Scales.F16, false, 1, null);
      case IQ4_NL -> new Packing(4, 0, iq4(), 1, 32, 2, Scales.F16, false, 1, null);
      case MXFP4 -> new Packing(4, 0, e2m1(), 1, 32, 16, Scales.BF16, false, 1, null);
      case NVFP4 -> new Packing(4, 0, e2m1(), 1, 16, 16, Scales.F16, false, 1, null);
      case Q2_K -> bytes(2, 0, 16, 16, true);
      case Q3_K -> bytes(3, 4, 16, 16, false);
      case Q4_K -> bytes(4, 0, 32, 16, true);
      case Q5_K -> bytes(5, 16, 32, 16, true);
      case Q6_K -> bytes(6, 32, 16, 8, false);
      case TQ1_0, TQ2_0 -> bytes(2, 1, 32, 16, false);
      case IQ1_S -> grid(3, iq1(), 1, 32, 16, 0.125f);
      case IQ1_M -> grid(3, iq1(), 1, 16, 16, 0.125f);
      case IQ2_XXS -> grid(3, iq2(), 1, 32, 4, 0.125f);
      case IQ2_XS, IQ2_S -> grid(3, iq2(), 1, 16, 4, 0.125f);
      case IQ3_XXS -> grid(4, signed(2, 4, 12, 20, 28, 36, 44, 52, 62), 2, 32, 8, 0.25f);
      case IQ3_S -> grid(4, signed(1, 1, 3, 5, 7, 9, 11, 13, 15), 1, 32, 16, 1);
      case IQ4_XS -> new Packing(4, 0, iq4(), 1, 32, 2, Scales.BYTES, false, 1, null);
      default -> null;
    };
  }

  private Packing with(DenseLines lines) {
    return new Packing(
        bits, bias, table, codeFactor, group, steps, scales, hasMins, scaleFactor, lines);
  }

  private static Packing halves(int bits, int bias, boolean hasMins) {
    return new Packing(bits, bias, null, 1, 32, 16, Scales.F16, hasMins, 1, null);
  }

  private static Packing bytes(int bits, int bias, int group, int steps, boolean hasMins) {
    return new Packing(bits, bias, null, 1, group, steps, Scales.BYTES, hasMins, 1, null);
  }

  /** Layout for codes from a codebook; an index has its own top bit. */
  private static Packing grid(
      int bits, short[] table, float codeFactor, int group, int steps, float scaleFactor) {
    return new Packing(
        bits, 0, table, codeFactor, group, steps, Scales.NIBBLES, false, scaleFactor, null);
  }

  /** Eight times -1, 0 and 1, a bit more or, with the top bit, less. */
  private static short[] iq1() {
    return table(1, -7, 1, 9, 0, -9, -1, 7);
  }

  private static short[] iq2() {
    return signed(1, 8, 25, 43);
  }

  private static short[] iq4() {
    return table(Codebooks.iq4nl());
  }

  private static short[] e2m1() {
    return table(Codebooks.e2m1());
  }

  private static short[] table(byte[] values) {
    int[] codes = new int[values.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = values[i];
    }
    return table(1, codes);
  }

  /** Magnitudes with both signs; the index's top bit is set for a negative one. */
  private static short[] signed(int divisor, int... magnitudes) {
    int n = magnitudes.length < 4 ? 4 : 8;
    int[] codes = new int[2 * n];
    for (int i = 0; i < magnitudes.length; i++) {
      codes[i] = magnitudes[i];
      codes[n + i] = -magnitudes[i];
    }
    return table(divisor, codes);
  }

  private static short[] table(int divisor, int... codes) {
    short[] table = new short[TABLE];
    for (int i = 0; i < codes.length; i++) {
      table[i] = (short) (codes[i] / divisor);
    }
    return table;
  }

  /** Whether batches are multiplied as floats, because sums of 16 bits overflow within a group. */
  boolean asFloats() {
    return 2 * steps < group;
  }

  /** Bytes of the indices of a unit of 16 rows. */
  public int indexBytes(int unit) {
    return dense == null ? unit * bits * ROWS / 8 : dense.lines() * LINE;
  }

  /** Bits of an index in the lines of low bits: 2, 4 or 8. */
  public int lowBits() {
    return bits < 4 ? 2 : bits == 8 ? 8 : 4;
  }

  /** Whether scales are whole numbers times an F16 for the unit. */
  public boolean hasUnitScale() {
    return scales == Scales.BYTES || scales == Scales.NIBBLES;
  }

  /** Lines of scales and minima of a unit, without the F16 for the unit. */
  public int scaleLines(int unit) {
    int kinds = hasMins ? 2 : 1;
    return switch (scales) {
      case BYTES -> Math.ceilDiv(unit / group * kinds, 4);
      case NIBBLES -> Math.ceilDiv(unit / group, 8);
      case F16, BF16 -> Math.ceilDiv(unit / group, 2) * kinds;
    };
  }

  /** Bytes before the indices. */
  public int scaleBytes(int unit) {
    return LINE * (scaleLines(unit) + (hasUnitScale() ? 1 : 0));
  }

  public int unitBytes(int unit) {
    return scaleBytes(unit) + indexBytes(unit);
  }

  /** The index of each code, by {@code code + 128}; null if there is no table. */
  byte[] indices() {
    if (table == null) {
      return null;
    }
    byte[] indices = new byte[256];
    for (int i = 0; i < 1 << bits; i++) {
      if (table[i] != 0) {
        indices[(int) (table[i] * codeFactor) + 128] = (byte) i;
      }
    }
    return indices;
  }
}
