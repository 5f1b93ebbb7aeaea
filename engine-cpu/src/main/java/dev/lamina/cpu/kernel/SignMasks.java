package dev.lamina.cpu.kernel;

import dev.lamina.kernels.codebook.Codebooks;

/** Sign bits of eight weights as bytes: 0xff for a negative one, 0 for a positive one. */
final class SignMasks {
  /** Indexed by eight sign bits. */
  static final long[] ALL = new long[256];

  /** Indexed by seven bits, the eighth makes the number of negative signs even. */
  static final long[] EVEN = new long[128];

  static {
    for (int bits = 0; bits < ALL.length; bits++) {
      ALL[bits] = Bits.spreadBits(bits) * 0xff;
    }
    byte[] even = Codebooks.evenSigns();
    for (int i = 0; i < EVEN.length; i++) {
      EVEN[i] = ALL[even[i] & 0xff];
    }
  }

  private SignMasks() {}
}
