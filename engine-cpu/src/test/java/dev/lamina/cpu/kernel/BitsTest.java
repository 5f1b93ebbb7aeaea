package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BitsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void worksByteByByte(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 1000; round++) {
      long bytes = random.nextLong();
      int bias = random.nextInt(129);
      long less = Bits.less(bytes & ~Bits.TOPS, bias);
      long nibbles = Bits.spreadNibbles((int) bytes);
      long pairs = Bits.spreadPairs((int) bytes);
      long bits = Bits.spreadBits((int) bytes);
      long negated = Bits.negate(bytes | Bits.ONES, bits * 0xff);
      int addend = random.nextInt();
      long sums = Bits.plus(bytes, addend);
      for (int i = 0; i < 8; i++) {
        String where = "seed " + seed + " round " + round + " byte " + i;
        int plain = (int) (bytes >>> 8 * i) & 255;
        assertEquals((byte) ((plain & 127) - bias), at(less, i), where);
        assertEquals((int) (bytes >>> 4 * i) & 15, at(nibbles, i), where);
        assertEquals((int) (bytes >>> 2 * i) & 3, at(pairs, i), where);
        assertEquals((int) (bytes >>> i) & 1, at(bits, i), where);
        assertEquals((byte) (plain + addend), at(sums, i), where);
        int sign = (bytes >>> i & 1) == 0 ? 1 : -1;
        assertEquals((byte) (sign * (plain | 1)), at(negated, i), where);
      }
    }
  }

  private static byte at(long bytes, int i) {
    return (byte) (bytes >>> 8 * i);
  }
}
