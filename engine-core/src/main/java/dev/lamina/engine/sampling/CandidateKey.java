package dev.lamina.engine.sampling;

/**
 * A token with its logit as one long whose signed order is the order of preference: the logit's
 * bits, made monotonic, above the complement of the token id; so of equal logits the lower id is
 * preferred.
 */
final class CandidateKey {
  private CandidateKey() {}

  static long of(float logit, int id) {
    // Infinity would make NaN of a difference; + 0 makes 0 of -0.
    float finite = Math.min(logit, Float.MAX_VALUE) + 0.0f;
    return (long) ordered(finite) << 32 | (~id & 0xffffffffL);
  }

  static int id(long key) {
    return ~(int) key;
  }

  static float logit(long key) {
    int bits = (int) (key >> 32);
    return Float.intBitsToFloat(bits ^ ((bits >> 31) & 0x7fffffff));
  }

  /** The float's bits, changed so that ints compare as the floats do. */
  static int ordered(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ ((bits >> 31) & 0x7fffffff);
  }
}
