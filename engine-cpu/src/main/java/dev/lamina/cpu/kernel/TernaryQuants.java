package dev.lamina.cpu.kernel;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;

import dev.lamina.kernels.format.TQ1_0;
import dev.lamina.kernels.format.TQ2_0;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

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
        fiveDigits(weights, at + TQ1_0.QS, 32, dst.codes, to);
        fiveDigits(weights, at + TQ1_0.QS + 16, 32, dst.codes, to + 16);
        fiveDigits(weights, at + TQ1_0.QS + 32, 16, dst.codes, to + 160);
        fourDigits(i32(weights, at + TQ1_0.QH), dst.codes, to + 240);
      }
    }

    /**
     * Splits 16 bytes into 5 x 16 codes. A byte is a fraction of 256 in base 3. Times 3, the carry
     * is the next digit, and the rest of the product holds the digits after it. Even and odd bytes
     * are multiplied separately, so that each product has 16 bits.
     */
    private static void fiveDigits(MemorySegment weights, long qs, int stride, byte[] dst, int at) {
      LongVector q = LongVector.fromMemorySegment(Lanes.L16BYTES, weights, qs, Lanes.LE);
      LongVector even = q.and(EVENS);
      LongVector odd = q.lanewise(VectorOperators.LSHR, 8).and(EVENS);
      for (int digit = 0; digit < 5; digit++) {
        even = even.add(even.lanewise(VectorOperators.LSHL, 1));
        odd = odd.add(odd.lanewise(VectorOperators.LSHL, 1));
        even.lanewise(VectorOperators.LSHR, 8)
            .and(EVENS)
            .or(odd.and(~EVENS))
            .reinterpretAsBytes()
            .sub((byte) 1)
            .intoArray(dst, at + stride * digit);
        even = even.and(EVENS);
        odd = odd.and(EVENS);
      }
    }

    private static void fourDigits(int q, byte[] dst, int at) {
      int even = q & EVEN;
      int odd = q >>> 8 & EVEN;
      for (int digit = 0; digit < 4; digit++) {
        even *= 3;
        odd *= 3;
        long digits = even >>> 8 & EVEN | odd & 0x03000300;
        Lanes.INT.set(dst, at + 4 * digit, (int) Bits.less(digits, 1));
        even &= EVEN;
        odd &= EVEN;
      }
    }
  }
}
