package dev.lamina.cpu.kernel;

import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Reads rows of F32. */
record F32Rows() implements RowReader {
  private static final int N = Lanes.N;

  @Override
  public void decode(
      MemorySegment weights, long offset, int n, float[] dst, int at, Codes scratch) {
    MemorySegment.copy(weights, LittleEndian.F32, offset, dst, at, n);
  }

  @Override
  public float dot(MemorySegment weights, long offset, int n, float[] x, int xAt, Codes scratch) {
    FloatVector sum0 = FloatVector.zero(Lanes.F);
    FloatVector sum1 = FloatVector.zero(Lanes.F);
    int i = 0;
    for (; i <= n - 2 * N; i += 2 * N) {
      long from = offset + 4L * i;
      FloatVector w0 = FloatVector.fromMemorySegment(Lanes.F, weights, from, Lanes.LE);
      FloatVector w1 = FloatVector.fromMemorySegment(Lanes.F, weights, from + 4L * N, Lanes.LE);
      sum0 = w0.fma(FloatVector.fromArray(Lanes.F, x, xAt + i), sum0);
      sum1 = w1.fma(FloatVector.fromArray(Lanes.F, x, xAt + i + N), sum1);
    }
    sum0.add(sum1).intoArray(scratch.sums, 0);
    float sum = Lanes.sum(scratch.sums, 0);
    for (; i < n; i++) {
      sum = Math.fma(LittleEndian.f32(weights, offset + 4L * i), x[xAt + i], sum);
    }
    return sum;
  }
}
