package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Activations for {@link PackedMatMul}, rounded to 8 bits with a scale for each 32 columns. A
 * single token is stored alone. Several are interleaved in groups of four, and zeros fill the last
 * group. It grows when it is prepared, never when it is filled.
 */
public final class PackedInput implements PackedProducts {
  /** Number of interleaved tokens. */
  static final int TOKENS = 4;

  /** Added to a float of less than 2^22, this leaves its nearest integer in the low bits. */
  private static final float ROUND = 0x1.8p23f;

  private static final int MOST = 127;

  /** Pairs of rounded activations: [token / 4, columns / 2, token % 4]. */
  int[] pairs = {};

  /**
   * The activations themselves, for types whose products are too large: [t / 4, columns, t % 4].
   */
  float[] floats = {};

  /** Sums over 16 columns of even and of odd activations, of a single token: [columns / 16]. */
  int[] sums16 = {};

  /** The same over 32 columns. */
  int[] sums32 = {};

  /** Value of one step of a rounded activation: [tokens, columns / 32]. */
  float[] units = {};

  /** Sums over 16 and over 32 columns of rounded activations: [tokens, columns / 16 or 32]. */
  float[] totals16 = {};

  float[] totals32 = {};

  private int columns;
  private int nTokens;

  /** Whether weights of a type can be multiplied: a vector must hold the table of their codes. */
  public static boolean multiplies(TensorType type) {
    Packing packing = Packing.of(type, false);
    return packing != null && (packing.table() == null || 1 << packing.bits() <= Lanes.S.length());
  }

  /** Bits of the vectors. */
  public static int vectorBits() {
    return Lanes.F.vectorBitSize();
  }

  /** Bytes that {@link #prepare} takes. */
  public static long bytes(int tokens, int columns, boolean asFloats) {
    long padded = Math.ceilDiv(tokens, TOKENS) * TOKENS;
    // Pairs; units and totals; sums of a token.
    long bytes = padded * columns * 2 + padded * columns / 2 + columns / 8 * 3;
    return asFloats ? bytes + padded * columns * Float.BYTES : bytes;
  }

  @Override
  public boolean dense() {
    return false;
  }

  @Override
  public void prepare(int tokens, int columns, boolean asFloats) {
    int padded = Math.ceilDiv(tokens, TOKENS) * TOKENS;
    pairs = grown(pairs, padded * columns / 2);
    sums16 = sums16.length < columns / 16 ? new int[columns / 16] : sums16;
    sums32 = sums32.length < columns / 32 ? new int[columns / 32] : sums32;
    units = grown(units, padded * columns / 32);
    totals16 = grown(totals16, padded * columns / 16);
    totals32 = grown(totals32, padded * columns / 32);
    floats = asFloats ? grown(floats, padded * columns) : floats;
  }

  private static int[] grown(int[] array, int length) {
    return array.length < length ? new int[length] : array;
  }

  private static float[] grown(float[] array, int length) {
    return array.length < length ? new float[length] : array;
  }

  @Override
  public void shape(int nTokens, int columns) {
    this.nTokens = nTokens;
    this.columns = columns;
  }

  int columns() {
    return columns;
  }

  int nTokens() {
    return nTokens;
  }

  @Override
  public int groupTokens() {
    return nTokens == 1 ? 1 : TOKENS;
  }

  @Override
  public void fill(int group, float[] x, int xAt, boolean asFloats, Scratch scratch) {
    int stride = groupTokens();
    int base = group * columns * TOKENS;
    for (int t = 0; t < stride; t++) {
      int token = group * TOKENS + t;
      if (token < nTokens) {
        round(x, xAt + token * columns, token, base / 2 + t, stride, scratch.vector().rounded);
      } else {
        clear(token, base / 2 + t);
      }
      if (asFloats && nTokens > 1) {
        interleave(x, xAt, token, base + t);
      }
    }
  }

  @Override
  public void multiply(
      PackedMatrix m,
      int rowBegin,
      int rows,
      int begin,
      int end,
      float[] y,
      int yAt,
      int yStride,
      Scratch scratch) {
    for (int i = 0; i < rows; i += ROWS) {
      PackedMatMul.rows(m, rowBegin + i, this, begin, end, y, yAt + i, yStride, scratch);
    }
  }

  private void clear(int token, int at) {
    for (int i = 0; i < columns / 2; i++) {
      pairs[at + TOKENS * i] = 0;
    }
    int blocks = columns / 32;
    Arrays.fill(units, token * blocks, (token + 1) * blocks, 0);
    Arrays.fill(totals32, token * blocks, (token + 1) * blocks, 0);
    Arrays.fill(totals16, 2 * token * blocks, 2 * (token + 1) * blocks, 0);
  }

  private void interleave(float[] x, int xAt, int token, int at) {
    for (int i = 0; i < columns; i++) {
      floats[at + TOKENS * i] = token < nTokens ? x[xAt + token * columns + i] : 0;
    }
  }

  private void round(float[] x, int from, int token, int to, int stride, int[] rounded) {
    int blocks = columns / 32;
    for (int b = 0; b < blocks; b++) {
      float most = largest(x, from + 32 * b);
      float unit = most / MOST;
      // NaN and infinity make the whole block NaN, as they do with a sum.
      boolean finite = most <= Float.MAX_VALUE;
      round32(x, from + 32 * b, unit > 0 && finite ? 1 / unit : 0, rounded);
      int at = to + 16 * b * stride;
      int low = pack16(rounded, 0, pairs, at, stride);
      int high = pack16(rounded, 16, pairs, at + 8 * stride, stride);
      int i = token * blocks + b;
      units[i] = finite ? unit : Float.NaN;
      totals16[2 * i] = units[i] * total(low);
      totals16[2 * i + 1] = units[i] * total(high);
      totals32[i] = units[i] * (total(low) + total(high));
      if (token == 0) {
        sums16[2 * b] = low;
        sums16[2 * b + 1] = high;
        sums32[b] = low + high & 0xffff | (low >> 16) + (high >> 16) << 16;
      }
    }
  }

  private static int total(int evenAndOdd) {
    return (short) evenAndOdd + (evenAndOdd >> 16);
  }

  /** The largest magnitude of 32 values; NaN if one of them is NaN. */
  private static float largest(float[] x, int at) {
    FloatVector most = FloatVector.fromArray(Lanes.F, x, at).lanewise(VectorOperators.ABS);
    for (int i = Lanes.N; i < 32; i += Lanes.N) {
      FloatVector v = FloatVector.fromArray(Lanes.F, x, at + i).lanewise(VectorOperators.ABS);
      most = most.max(v);
    }
    return most.reduceLanes(VectorOperators.MAX);
  }

  private static void round32(float[] x, int at, float inverse, int[] rounded) {
    int magic = Float.floatToRawIntBits(ROUND);
    for (int i = 0; i < 32; i += Lanes.N) {
      FloatVector v = FloatVector.fromArray(Lanes.F, x, at + i);
      v.mul(inverse).add(ROUND).reinterpretAsInts().sub(magic).intoArray(rounded, i);
    }
  }

  /**
   * Packs 16 values in pairs. Returns the sum of the even values and the sum of the odd ones, also
   * packed.
   */
  private static int pack16(int[] rounded, int from, int[] dst, int at, int stride) {
    int even = 0;
    int odd = 0;
    for (int i = 0; i < 8; i++) {
      int first = rounded[from + 2 * i];
      int second = rounded[from + 2 * i + 1];
      dst[at + i * stride] = first & 0xffff | second << 16;
      even += first;
      odd += second;
    }
    return even & 0xffff | odd << 16;
  }
}
