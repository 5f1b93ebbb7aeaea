package dev.lamina.kernels.format;

/** Dequantizes eight elements from one codebook entry, first element in the lowest byte. */
final class Grids {
  private Grids() {}

  /** Eight values {@code scale * magnitude}, negated where the bit of {@code signs} is set. */
  static void signed8(long magnitudes, int signs, float scale, float[] dst, int at) {
    for (int l = 0; l < 8; l++) {
      float value = scale * (magnitudes >>> 8 * l & 255);
      dst[at + l] = (signs >> l & 1) == 0 ? value : -value;
    }
  }

  /** Eight values {@code scale * (ternary + delta)}. */
  static void shifted8(long ternaries, float delta, float scale, float[] dst, int at) {
    for (int l = 0; l < 8; l++) {
      dst[at + l] = scale * ((byte) (ternaries >>> 8 * l) + delta);
    }
  }

  /** Two entries of four elements as one of eight. */
  static long join(int first, int second) {
    return Integer.toUnsignedLong(first) | (long) second << 32;
  }
}
