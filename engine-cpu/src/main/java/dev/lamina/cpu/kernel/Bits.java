package dev.lamina.cpu.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Arithmetic on the eight bytes of a long. */
final class Bits {
  /** One in every byte. */
  static final long ONES = 0x0101010101010101L;

  /** The top bit of every byte. */
  static final long TOPS = 0x8080808080808080L;

  /** The low nibble of every byte. */
  static final long NIBBLES = 0x0f0f0f0f0f0f0f0fL;

  /** Eight bytes of a byte array as a long, the first in the lowest byte. */
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Four bytes of a byte array as an int, the first in the lowest byte. */
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Bits() {}

  /** Bytes 0 to 127 minus {@code bias} (0 to 128), as signed bytes. */
  static long less(long bytes, int bias) {
    // With 128 added, no byte borrows from its neighbor.
    return bytes + (128 - bias) * ONES ^ TOPS;
  }

  /** Adds a number to each byte, without a carry from one to the next. */
  static long plus(long bytes, int each) {
    long addend = (each & 0xff) * ONES;
    return (bytes & ~TOPS) + (addend & ~TOPS) ^ (bytes ^ addend) & TOPS;
  }

  /** The eight nibbles of an int, one per byte. */
  static long spreadNibbles(int nibbles) {
    long x = nibbles & 0xffffffffL;
    x = (x | x << 16) & 0x0000ffff0000ffffL;
    x = (x | x << 8) & 0x00ff00ff00ff00ffL;
    return (x | x << 4) & NIBBLES;
  }

  /** The eight bit pairs of 16 bits, one per byte. */
  static long spreadPairs(int pairs) {
    long x = pairs & 0xffffL;
    x = (x | x << 24) & 0x000000ff000000ffL;
    x = (x | x << 12) & 0x000f000f000f000fL;
    return (x | x << 6) & 3 * ONES;
  }

  /** The eight low bits, one per byte (0 or 1). */
  static long spreadBits(int bits) {
    long oneEach = (bits & 0xffL) * ONES & 0x8040201008040201L;
    return oneEach + 127 * ONES >>> 7 & ONES;
  }

  /** Bytes negated where {@code mask} has 0xff, kept where it has 0. No byte may be 0. */
  static long negate(long bytes, long mask) {
    // The +1 of the two's complement cannot carry out of a byte that was not 0.
    return (bytes ^ mask) + (mask & ONES);
  }
}
