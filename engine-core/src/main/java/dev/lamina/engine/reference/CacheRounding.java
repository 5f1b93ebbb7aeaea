package dev.lamina.engine.reference;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.codebook.Codebooks;

/** Rounds values to the precision of a KV cache type, as the type is defined. */
final class CacheRounding {
  private CacheRounding() {}

  /** The values after they were stored in a cache and read back. */
  static float[] asCached(float[] values, TensorType type) {
    float[] cached = values.clone();
    switch (type) {
      case F32 -> {}
      case F16 -> roundToF16(cached);
      case BF16 -> roundToBf16(cached);
      default -> {
        for (int at = 0; at < cached.length; at += type.blockSize()) {
          roundBlock(cached, at, type);
        }
      }
    }
    return cached;
  }

  private static void roundBlock(float[] x, int at, TensorType type) {
    int end = at + type.blockSize();
    switch (type) {
      case Q8_0 -> symmetric(x, at, end, Math.abs(extreme(x, at, end)) / 127, -127, 127);
      case Q4_0 -> symmetric(x, at, end, extreme(x, at, end) / -8, -8, 7);
      case Q5_0 -> symmetric(x, at, end, extreme(x, at, end) / -16, -16, 15);
      case Q4_1 -> affine(x, at, end, 15);
      case Q5_1 -> affine(x, at, end, 31);
      case IQ4_NL -> byTable(x, at, end);
      default -> throw new IllegalArgumentException("a KV cache cannot be of type " + type);
    }
  }

  private static float extreme(float[] x, int at, int end) {
    float extreme = 0;
    for (int i = at; i < end; i++) {
      extreme = Math.abs(x[i]) > Math.abs(extreme) ? x[i] : extreme;
    }
    return extreme;
  }

  private static void symmetric(float[] x, int at, int end, float d, int least, int most) {
    for (int i = at; i < end; i++) {
      x[i] = d == 0 ? 0 : half(d) * Math.clamp(Math.round(x[i] / d), least, most);
    }
  }

  private static void affine(float[] x, int at, int end, int top) {
    float least = x[at];
    float most = x[at];
    for (int i = at; i < end; i++) {
      least = Math.min(least, x[i]);
      most = Math.max(most, x[i]);
    }
    float d = (most - least) / top;
    for (int i = at; i < end; i++) {
      int code = d == 0 ? 0 : Math.clamp(Math.round((x[i] - least) / d), 0, top);
      x[i] = half(d) * code + half(least);
    }
  }

  private static void byTable(float[] x, int at, int end) {
    byte[] table = Codebooks.iq4nl();
    float d = extreme(x, at, end) / table[0];
    double products = 0;
    double squares = 0;
    int[] nearest = new int[end - at];
    for (int i = at; i < end; i++) {
      int best = table[0];
      for (byte value : table) {
        best = Math.abs(x[i] / d - value) < Math.abs(x[i] / d - best) ? value : best;
      }
      nearest[i - at] = best;
      double weight = (double) x[i] * x[i];
      products += weight * best * x[i];
      squares += weight * best * best;
    }
    for (int i = at; i < end; i++) {
      x[i] = d == 0 ? 0 : half((float) (products / squares)) * nearest[i - at];
    }
  }

  private static float half(float value) {
    return Float.float16ToFloat(Float.floatToFloat16(value));
  }

  private static void roundToF16(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = half(x[i]);
    }
  }

  private static void roundToBf16(float[] x) {
    for (int i = 0; i < x.length; i++) {
      int bits = Float.floatToRawIntBits(x[i]);
      int down = bits & 0xffff0000;
      float low = Float.intBitsToFloat(down);
      float high = Float.intBitsToFloat(down + 0x10000);
      boolean even = (down & 0x10000) == 0;
      double toLow = Math.abs((double) x[i] - low);
      double toHigh = Math.abs((double) high - x[i]);
      x[i] = toLow < toHigh || toLow == toHigh && even ? low : high;
    }
  }
}
