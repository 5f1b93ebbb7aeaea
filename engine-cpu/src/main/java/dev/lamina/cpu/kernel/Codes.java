package dev.lamina.cpu.kernel;

/**
 * Weights as integer codes with scales: {@code weight[i] = codes[i] * scales[i / group] + mins[i /
 * group]}, in groups of 16 or 32. Every quantized type has exactly this form, most of them without
 * {@code mins}.
 */
final class Codes {
  /** Number of weights in an instance, a multiple of every block size. */
  static final int CAPACITY = 2048;

  /** Spare bytes at the end of arrays of which vectors read more than they use. */
  static final int SLACK = 8;

  /** Floats of the longest vector. */
  private static final int LANES = 64;

  final byte[] codes = new byte[CAPACITY + SLACK];

  /**
   * One scale per group, with room for a whole vector at the last one. For types that call {@link
   * #scales8} they follow from {@link #scaleBytes}, see {@link CodeKernels#scales}.
   */
  final float[] scales = new float[CAPACITY / 16 + LANES];

  /** One min per group; stale for types without mins. */
  final float[] mins = new float[CAPACITY / 16 + LANES];

  /** Buffer for the lanes of a sum before they are added. */
  final float[] sums = new float[LANES];

  /** The signed bytes passed to {@link #scales8}, for eight groups each; stale for other types. */
  final long[] scaleBytes = new long[CAPACITY / 128];

  /** The factors {@code d} of {@link #scaleBytes}. */
  final float[] scaleUnits = new float[CAPACITY / 128];

  /** As {@link #scaleBytes}, for minima. */
  final long[] minBytes = new long[CAPACITY / 128];

  final float[] minUnits = new float[CAPACITY / 128];

  /** Buffer for eight scales. */
  final byte[] integers = new byte[8 + SLACK];

  /** Sets eight scales: the signed bytes of {@code integers}, lowest first, times {@code d}. */
  void scales8(int group, long integers, float d) {
    scaleBytes[group >> 3] = integers;
    scaleUnits[group >> 3] = d;
  }

  /** Sets eight minima: the signed bytes of {@code integers}, lowest first, times {@code d}. */
  void mins8(int group, long integers, float d) {
    minBytes[group >> 3] = integers;
    minUnits[group >> 3] = d;
  }
}
