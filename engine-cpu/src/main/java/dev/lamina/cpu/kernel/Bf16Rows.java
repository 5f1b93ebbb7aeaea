package dev.lamina.cpu.kernel;

import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Reads rows of BF16: the upper halves of floats. */
record Bf16Rows() implements RowReader {
  private static final int N = Lanes.N;

  @Override
  public void decode(
      MemorySegment weights, long offset, int n, float[] dst, int at, Codes scratch) {
    int i = 0;
    for (; i <= n - N; i += N) {
      IntVector h =
          (IntVector)
              ShortVector.fromMemorySegment(Lanes.SHORTS_TO_F, weights, offset + 2L * i, Lanes.LE)
                  .convertShape(VectorOperators.S2I, Lanes.I, 0);
      h.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(dst, at + i);
    }
    for (; i < n; i++) {
      dst[at + i] = scalar(weights, offset + 2L * i);
    }
  }

  @Override
  public float dot(MemorySegment weights, long offset, int n, float[] x, int xAt, Codes scratch) {
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = FloatVector.zero(Lanes.F);
    int i = 0;
    for (; i <= n - 2 * N; i += 2 * N) {
      long from = offset + 2L * i;
      IntVector h0 =
          (IntVector)
              ShortVector.fromMemorySegment(Lanes.SHORTS_TO_F, weights, from, Lanes.LE)
                  .convertShape(VectorOperators.S2I, Lanes.I, 0);
      IntVector h1 =
          (IntVector)
              ShortVector.fromMemorySegment(Lanes.SHORTS_TO_F, weights, from + 2L * N, Lanes.LE)
                  .convertShape(VectorOperators.S2I, Lanes.I, 0);
      FloatVector w0 = h0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector w1 = h1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      sum0 = w0.fma(FloatVector.fromArray(Lanes.F, x, xAt + i), sum0);
      sum1 = w1.fma(FloatVector.fromArray(Lanes.F, x, xAt + i + N), sum1);
    }
    sum0.add(sum1).intoArray(scratch.sums, 0);
    float sum = Lanes.sum(scratch.sums, 0);
    for (; i < n; i++) {
      sum = Math.fma(scalar(weights, offset + 2L * i), x[xAt + i], sum);
    }
    return sum;
  }

  private static float scalar(MemorySegment weights, long offset) {
    return Float.intBitsToFloat(LittleEndian.u16(weights, offset) << 16);
  }
}
