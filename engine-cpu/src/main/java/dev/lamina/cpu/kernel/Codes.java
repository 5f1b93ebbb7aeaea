package dev.lamina.cpu.kernel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Weights as integer codes with scales: {@code weight[i] = codes[i] * scales[i / group] + mins[i /
 * group]}, in groups of 16 or 32. Every quantized type has exactly this form, most of them without
 * {@code mins}.
 */
final class Codes {
  /** Number of weights in an instance, a multiple of every block size. */
  static final int CAPACITY = 2048;

  final byte[] codes = new byte[CAPACITY + Lanes.SLACK];

  /** One scale per group, with room for a whole vector at the last one. */
  final float[] scales = new float[CAPACITY / 16 + Lanes.N];

  /** One min per group; stale for types without mins. */
  final float[] mins = new float[CAPACITY / 16 + Lanes.N];

  /** Buffer for the lanes of a sum before they are added. */
  final float[] sums = new float[Lanes.N];

  /** The signed bytes passed to {@link #scales8}, for eight groups each; stale for other types. */
  final long[] scaleBytes = new long[CAPACITY / 128];

  /** The factors {@code d} of {@link #scaleBytes}. */
  final float[] scaleUnits = new float[CAPACITY / 128];

  /** As {@link #scaleBytes}, for minima. */
  final long[] minBytes = new long[CAPACITY / 128];

  final float[] minUnits = new float[CAPACITY / 128];

  private final byte[] integers = new byte[8 + Lanes.SLACK];

  /** Sets eight scales: the signed bytes of {@code integers}, lowest first, times {@code d}. */
  void scales8(int group, long integers, float d) {
    scaleBytes[group >> 3] = integers;
    scaleUnits[group >> 3] = d;
    times8(integers, d, scales, group);
  }

  /** Sets eight minima: the signed bytes of {@code integers}, lowest first, times {@code d}. */
  void mins8(int group, long integers, float d) {
    minBytes[group >> 3] = integers;
    minUnits[group >> 3] = d;
    times8(integers, d, mins, group);
  }

  /**
   * Multiplies eight signed bytes by {@code d}. With wide vectors this writes more than eight
   * floats; the next call overwrites the extra ones.
   */
  private void times8(long eight, float d, float[] dst, int at) {
    Lanes.LONG.set(integers, 0, eight);
    for (int i = 0; i < 8; i += Lanes.N) {
      FloatVector v =
          (FloatVector)
              ByteVector.fromArray(Lanes.BYTES_TO_F, integers, i)
                  .convertShape(VectorOperators.B2F, Lanes.F, 0);
      v.mul(d).intoArray(dst, at + i);
    }
  }
}
