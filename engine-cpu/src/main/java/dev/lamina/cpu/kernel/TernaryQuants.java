package dev.lamina.cpu.kernel;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;
import static dev.lamina.kernels.format.LittleEndian.i64;

import dev.lamina.kernels.format.TQ1_0;
import dev.lamina.kernels.format.TQ2_0;
import java.lang.foreign.MemorySegment;

/** TQ1_0 and TQ2_0: 256 weights -d, 0 or d. */
final class TernaryQuants {
  private static final int EVEN = 0x00ff00ff;
  private static final long EVENS = 0x00ff00ff00ff00ffL;

  private TernaryQuants() {}

  record Tq2() implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += TQ2_0.BLOCK_BYTES) {
        dst.scales8(8 * b, Bits.ONES, f16(weights, at + TQ2_0.D));
        KQuants.twoBits(weights, at + TQ2_0.QS, 1, dst.codes, 256 * b);
        KQuants.twoBits(weights, at + TQ2_0.QS + 32, 1, dst.codes, 256 * b + 128);
      }
    }
  }

  record Tq1() implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += TQ1_0.BLOCK_BYTES) {
        dst.scales8(8 * b, Bits.ONES, f16(weights, at + TQ1_0.D));
        int to = 256 * b;
        for (int i = 0; i < 32; i += 8) {
          fiveDigits(i64(weights, at + TQ1_0.QS + i), 32, dst.codes, to + i);
        }
        for (int i = 0; i < 16; i += 8) {
          fiveDigits(i64(weights, at + TQ1_0.QS + 32 + i), 16, dst.codes, to + 160 + i);
        }
        fourDigits(i32(weights, at + TQ1_0.QH), dst.codes, to + 240);
      }
    }

    /**
     * Splits 8 bytes into 5 x 8 codes. A byte is a fraction of 256 in base 3. Times 3, the carry is
     * the next digit, and the rest of the product holds the digits after it. Even and odd bytes are
     * multiplied separately, so that each product has 16 bits.
     */
    private static void fiveDigits(long q, int stride, byte[] dst, int at) {
      long even = q & EVENS;
      long odd = q >>> 8 & EVENS;
      for (int digit = 0; digit < 5; digit++) {
        even *= 3;
        odd *= 3;
        long digits = even >>> 8 & EVENS | odd & ~EVENS;
        Bits.LONG.set(dst, at + stride * digit, Bits.less(digits, 1));
        even &= EVENS;
        odd &= EVENS;
      }
    }

    private static void fourDigits(int q, byte[] dst, int at) {
      int even = q & EVEN;
      int odd = q >>> 8 & EVEN;
      for (int digit = 0; digit < 4; digit++) {
        even *= 3;
        odd *= 3;
        long digits = even >>> 8 & EVEN | odd & 0x03000300;
        Bits.INT.set(dst, at + 4 * digit, (int) Bits.less(digits, 1));
        even &= EVEN;
        odd &= EVEN;
      }
    }
  }
}
