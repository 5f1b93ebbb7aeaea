package dev.lamina.cpu.kernel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Operations on {@link Codes}, for all quantized types. Counts are multiples of 32. */
final class CodeKernels {
  private static final int N = Lanes.N;

  private CodeKernels() {}

  /** Computes the scales, and the minima, from their bytes. */
  static void scales(Codes codes, int nGroups, boolean withMins) {
    for (int g = 0; g < nGroups; g += 8) {
      int i = g >> 3;
      times8(codes, codes.scaleBytes[i], codes.scaleUnits[i], codes.scales, g);
      if (withMins) {
        times8(codes, codes.minBytes[i], codes.minUnits[i], codes.mins, g);
      }
    }
  }

  /**
   * Multiplies eight signed bytes by {@code d}. With wide vectors this writes more than eight
   * floats; the next call overwrites the extra ones.
   */
  private static void times8(Codes codes, long eight, float d, float[] dst, int at) {
    Bits.LONG.set(codes.integers, 0, eight);
    for (int i = 0; i < 8; i += N) {
      FloatVector v =
          (FloatVector)
              ByteVector.fromArray(Lanes.BYTES_TO_F, codes.integers, i)
                  .convertShape(VectorOperators.B2F, Lanes.F, 0);
      v.mul(d).intoArray(dst, at + i);
    }
  }

  /** {@code dst[at + i] = codes[i] * scale}, rounded as the scalar reference rounds. */
  static void decode(Codes src, int groupShift, int n, float[] dst, int at) {
    byte[] codes = src.codes;
    float[] scales = src.scales;
    for (int i = 0; i < n; i += N) {
      FloatVector c =
          (FloatVector)
              ByteVector.fromArray(Lanes.BYTES_TO_F, codes, i)
                  .convertShape(VectorOperators.B2F, Lanes.F, 0);
      c.mul(scales[i >>> groupShift]).intoArray(dst, at + i);
    }
  }

  /** {@code dst[at + i] = codes[i] * scale + min}, rounded twice as in the scalar reference. */
  static void decodeWithMins(Codes src, int groupShift, int n, float[] dst, int at) {
    byte[] codes = src.codes;
    float[] scales = src.scales;
    float[] mins = src.mins;
    for (int i = 0; i < n; i += N) {
      FloatVector c =
          (FloatVector)
              ByteVector.fromArray(Lanes.BYTES_TO_F, codes, i)
                  .convertShape(VectorOperators.B2F, Lanes.F, 0);
      int g = i >>> groupShift;
      c.mul(scales[g]).add(mins[g]).intoArray(dst, at + i);
    }
  }

  /** Dot product of {@code n} weights in groups of 32 with {@code x[xAt, xAt + n)}. */
  static float dot32(Codes src, int n, float[] x, int xAt) {
    byte[] codes = src.codes;
    float[] scales = src.scales;
    FloatVector sum = FloatVector.zero(Lanes.F);
    for (int g = 0; g < n; g += 32) {
      FloatVector group = FloatVector.zero(Lanes.F);
      for (int i = g; i < g + 32; i += N) {
        FloatVector c =
            (FloatVector)
                ByteVector.fromArray(Lanes.BYTES_TO_F, codes, i)
                    .convertShape(VectorOperators.B2F, Lanes.F, 0);
        group = c.fma(FloatVector.fromArray(Lanes.F, x, xAt + i), group);
      }
      sum = group.fma(FloatVector.broadcast(Lanes.F, scales[g >>> 5]), sum);
    }
    sum.intoArray(src.sums, 0);
    return Lanes.sum(src.sums, 0);
  }

  /** As {@link #dot32} with groups of 16. */
  static float dot16(Codes src, int n, float[] x, int xAt) {
    byte[] codes = src.codes;
    float[] scales = src.scales;
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = FloatVector.zero(Lanes.F);
    for (int g = 0; g < n; g += 32) {
      FloatVector group0 = FloatVector.zero(Lanes.F);
      FloatVector group1 = FloatVector.zero(Lanes.F);
      for (int i = g; i < g + 16; i += N) {
        FloatVector c0 =
            (FloatVector)
                ByteVector.fromArray(Lanes.BYTES_TO_F, codes, i)
                    .convertShape(VectorOperators.B2F, Lanes.F, 0);
        FloatVector c1 =
            (FloatVector)
                ByteVector.fromArray(Lanes.BYTES_TO_F, codes, i + 16)
                    .convertShape(VectorOperators.B2F, Lanes.F, 0);
        group0 = c0.fma(FloatVector.fromArray(Lanes.F, x, xAt + i), group0);
        group1 = c1.fma(FloatVector.fromArray(Lanes.F, x, xAt + i + 16), group1);
      }
      sum0 = group0.fma(FloatVector.broadcast(Lanes.F, scales[g >>> 4]), sum0);
      sum1 = group1.fma(FloatVector.broadcast(Lanes.F, scales[(g >>> 4) + 1]), sum1);
    }
    sum0.add(sum1).intoArray(src.sums, 0);
    return Lanes.sum(src.sums, 0);
  }

  /** Dot product of weights that have mins, in groups of either size. */
  static float dotWithMins(Codes src, int groupShift, int n, float[] x, int xAt) {
    byte[] codes = src.codes;
    float[] scales = src.scales;
    float[] mins = src.mins;
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = FloatVector.zero(Lanes.F);
    for (int i = 0; i < n; i += 2 * N) {
      FloatVector c0 =
          (FloatVector)
              ByteVector.fromArray(Lanes.BYTES_TO_F, codes, i)
                  .convertShape(VectorOperators.B2F, Lanes.F, 0);
      FloatVector c1 =
          (FloatVector)
              ByteVector.fromArray(Lanes.BYTES_TO_F, codes, i + N)
                  .convertShape(VectorOperators.B2F, Lanes.F, 0);
      int g0 = i >>> groupShift;
      int g1 = i + N >>> groupShift;
      FloatVector w0 =
          c0.fma(
              FloatVector.broadcast(Lanes.F, scales[g0]), FloatVector.broadcast(Lanes.F, mins[g0]));
      FloatVector w1 =
          c1.fma(
              FloatVector.broadcast(Lanes.F, scales[g1]), FloatVector.broadcast(Lanes.F, mins[g1]));
      sum0 = w0.fma(FloatVector.fromArray(Lanes.F, x, xAt + i), sum0);
      sum1 = w1.fma(FloatVector.fromArray(Lanes.F, x, xAt + i + N), sum1);
    }
    sum0.add(sum1).intoArray(src.sums, 0);
    return Lanes.sum(src.sums, 0);
  }
}
