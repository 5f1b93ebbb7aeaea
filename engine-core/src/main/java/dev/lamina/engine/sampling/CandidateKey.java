package dev.lamina.engine.sampling;

/**
 * Packs a token and its logit into a long. The signed order of these longs is the order of
 * preference. The high half has the logit's bits, made monotonic; the low half has the complement
 * of the token id, so the lower id wins among equal logits.
 */
final class CandidateKey {
  private CandidateKey() {}

  static long of(float logit, int id) {
    // Infinity would turn a difference into NaN; + 0 turns -0 into 0.
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
