package dev.lamina.cpu.kernel;

import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Reads rows of F16. The Vector API has no half floats, so exponent and mantissa are moved to their
 * places in a float, which is then too small by the factor 2^112. The multiplication by 2^112 is
 * exact, also for subnormals. Only the exponent of infinity and NaN must be set separately.
 */
record F16Rows() implements RowReader {
  private static final int N = Lanes.N;
  private static final int MAGNITUDE = 0x7fff;
  private static final int SIGN = 0x80000000;
  private static final int INFINITY = 0x7c00 << 13;
  private static final int FLOAT_INFINITY = 0x7f800000;
  private static final float REBIAS = 0x1p112f;

  @Override
  public void decode(
      MemorySegment weights, long offset, int n, float[] dst, int at, Codes scratch) {
    int i = 0;
    for (; i <= n - N; i += N) {
      IntVector h =
          (IntVector)
              ShortVector.fromMemorySegment(Lanes.SHORTS_TO_F, weights, offset + 2L * i, Lanes.LE)
                  .convertShape(VectorOperators.S2I, Lanes.I, 0);
      IntVector m = h.and(MAGNITUDE).lanewise(VectorOperators.LSHL, 13);
      IntVector scaled = m.reinterpretAsFloats().mul(REBIAS).reinterpretAsInts();
      scaled
          .lanewise(VectorOperators.OR, FLOAT_INFINITY, m.compare(VectorOperators.GE, INFINITY))
          .or(h.and(SIGN))
          .reinterpretAsFloats()
          .intoArray(dst, at + i);
    }
    for (; i < n; i++) {
      dst[at + i] = LittleEndian.f16(weights, offset + 2L * i);
    }
  }

  @Override
  public float dot(MemorySegment weights, long offset, int n, float[] x, int xAt, Codes scratch) {
    FloatVector sum = FloatVector.zero(Lanes.F);
    int i = 0;
    for (; i <= n - N; i += N) {
      IntVector h =
          (IntVector)
              ShortVector.fromMemorySegment(Lanes.SHORTS_TO_F, weights, offset + 2L * i, Lanes.LE)
                  .convertShape(VectorOperators.S2I, Lanes.I, 0);
      IntVector m = h.and(MAGNITUDE).lanewise(VectorOperators.LSHL, 13);
      IntVector scaled = m.reinterpretAsFloats().mul(REBIAS).reinterpretAsInts();
      sum =
          scaled
              .lanewise(VectorOperators.OR, FLOAT_INFINITY, m.compare(VectorOperators.GE, INFINITY))
              .or(h.and(SIGN))
              .reinterpretAsFloats()
              .fma(FloatVector.fromArray(Lanes.F, x, xAt + i), sum);
    }
    sum.intoArray(scratch.sums, 0);
    float total = Lanes.sum(scratch.sums, 0);
    for (; i < n; i++) {
      total = Math.fma(LittleEndian.f16(weights, offset + 2L * i), x[xAt + i], total);
    }
    return total;
  }
}
