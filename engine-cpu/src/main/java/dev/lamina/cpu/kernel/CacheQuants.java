package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.codebook.Codebooks;
import dev.lamina.kernels.format.IQ4_NL;
import dev.lamina.kernels.format.LittleEndian;
import dev.lamina.kernels.format.Q4_0;
import dev.lamina.kernels.format.Q4_1;
import dev.lamina.kernels.format.Q5_0;
import dev.lamina.kernels.format.Q5_1;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Quantizes blocks of 32 values to codes of 4 or 5 bits, for KV caches. The scale comes from the
 * largest magnitude or from the range. The search for a better scale, which pays for weights, would
 * take too long here.
 */
final class CacheQuants {
  private static final int BLOCK = 32;
  private static final int NONE = -1;

  private final TensorType type;

  /** The largest code. */
  private final int top;

  /** Byte offset in a block of the minimum, or NONE. */
  private final int min;

  /** Byte offset in a block of the fifth bits, or NONE. */
  private final int high;

  /** Byte offset in a block of the lower four bits. */
  private final int low;

  private CacheQuants(TensorType type, int top, int min, int high, int low) {
    this.type = type;
    this.top = top;
    this.min = min;
    this.high = high;
    this.low = low;
  }

  /** The quantizer of a type; null for types of other shapes. */
  static CacheQuants of(TensorType type) {
    return switch (type) {
      case Q4_0 -> new CacheQuants(type, 15, NONE, NONE, Q4_0.QS);
      case Q4_1 -> new CacheQuants(type, 15, Q4_1.M, NONE, Q4_1.QS);
      case Q5_0 -> new CacheQuants(type, 31, NONE, Q5_0.QH, Q5_0.QS);
      case Q5_1 -> new CacheQuants(type, 31, Q5_1.M, Q5_1.QH, Q5_1.QS);
      case IQ4_NL -> new CacheQuants(type, 15, NONE, NONE, IQ4_NL.QS);
      default -> null;
    };
  }

  /** Writes the blocks of {@code src[at, at + n)}, n a multiple of 32. */
  void store(float[] src, int at, int n, MemorySegment dst, long offset) {
    long to = offset;
    for (int b = at; b < at + n; b += BLOCK, to += type.blockBytes()) {
      if (type == TensorType.IQ4_NL) {
        storeByTable(src, b, dst, to);
      } else if (min == NONE) {
        float d = extreme(src, b) / -((top + 1) / 2);
        storeCodes(src, b, d, 0, (top + 1) / 2, dst, to);
      } else {
        float least = src[b];
        float most = src[b];
        for (int i = b + 1; i < b + BLOCK; i++) {
          least = Math.min(least, src[i]);
          most = Math.max(most, src[i]);
        }
        dst.set(LittleEndian.I16, to + min, Float.floatToFloat16(least));
        storeCodes(src, b, (most - least) / top, least, 0, dst, to);
      }
    }
  }

  /** The value of the largest magnitude. */
  private static float extreme(float[] src, int at) {
    float extreme = 0;
    for (int i = at; i < at + BLOCK; i++) {
      extreme = Math.abs(src[i]) > Math.abs(extreme) ? src[i] : extreme;
    }
    return extreme;
  }

  private void storeCodes(
      float[] src, int at, float d, float least, int zero, MemorySegment dst, long offset) {
    short scale = Float.floatToFloat16(d);
    float inverse = isZero(scale) ? 0 : 1 / d;
    int fifth = 0;
    dst.set(LittleEndian.I16, offset, scale);
    for (int i = 0; i < BLOCK / 2; i++) {
      int first = code((src[at + i] - least) * inverse, zero);
      int second = code((src[at + i + BLOCK / 2] - least) * inverse, zero);
      fifth |= first >> 4 << i | second >> 4 << i + BLOCK / 2;
      byte both = (byte) (first & 15 | second << 4);
      dst.set(ValueLayout.JAVA_BYTE, offset + low + i, both);
    }
    if (high != NONE) {
      dst.set(LittleEndian.I32, offset + high, fifth);
    }
  }

  /** Whether a half float is 0 or -0. */
  private static boolean isZero(short half) {
    return (half & 0x7fff) == 0;
  }

  private int code(float steps, int zero) {
    return Math.clamp((int) (steps + zero + 0.5f), 0, top);
  }

  /** Codes stand for values of a table that are not equally far apart. */
  private static void storeByTable(float[] src, int at, MemorySegment dst, long offset) {
    byte[] table = Codebooks.iq4nl();
    float d = extreme(src, at) / table[0];
    float inverse = isZero(Float.floatToFloat16(d)) ? 0 : 1 / d;
    float products = 0;
    float squares = 0;
    for (int i = 0; i < BLOCK / 2; i++) {
      int first = nearest(table, src[at + i] * inverse);
      int second = nearest(table, src[at + i + BLOCK / 2] * inverse);
      dst.set(ValueLayout.JAVA_BYTE, offset + IQ4_NL.QS + i, (byte) (first | second << 4));
      float weight = src[at + i] * src[at + i];
      float weight2 = src[at + i + BLOCK / 2] * src[at + i + BLOCK / 2];
      products += weight * table[first] * src[at + i];
      products += weight2 * table[second] * src[at + i + BLOCK / 2];
      squares += weight * table[first] * table[first] + weight2 * table[second] * table[second];
    }
    // The scale with the smallest error for these codes, where large values weigh more.
    float best = inverse == 0 ? 0 : products / squares;
    dst.set(LittleEndian.I16, offset + IQ4_NL.D, Float.floatToFloat16(best));
  }

  private static int nearest(byte[] table, float x) {
    int code = 0;
    while (code < table.length - 1 && x * 2 > table[code] + table[code + 1]) {
      code++;
    }
    return code;
  }
}
