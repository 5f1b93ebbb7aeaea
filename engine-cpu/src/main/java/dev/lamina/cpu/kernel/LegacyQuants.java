package dev.lamina.cpu.kernel;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;
import static dev.lamina.kernels.format.LittleEndian.i64;

import dev.lamina.kernels.format.Q4_0;
import dev.lamina.kernels.format.Q4_1;
import dev.lamina.kernels.format.Q5_0;
import dev.lamina.kernels.format.Q5_1;
import dev.lamina.kernels.format.Q8_0;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/** Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0: blocks of 32 weights with one scale. */
final class LegacyQuants {

  private LegacyQuants() {}

  record Q4Zero() implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += Q4_0.BLOCK_BYTES) {
        dst.scales[b] = f16(weights, at + Q4_0.D);
        LongVector q =
            LongVector.fromMemorySegment(Lanes.L16BYTES, weights, at + Q4_0.QS, Lanes.LE);
        q.and(Bits.NIBBLES).reinterpretAsBytes().sub((byte) 8).intoArray(dst.codes, 32 * b);
        q.lanewise(VectorOperators.LSHR, 4)
            .and(Bits.NIBBLES)
            .reinterpretAsBytes()
            .sub((byte) 8)
            .intoArray(dst.codes, 32 * b + 16);
      }
    }
  }

  record Q4One() implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public boolean hasMins() {
      return true;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += Q4_1.BLOCK_BYTES) {
        dst.scales[b] = f16(weights, at + Q4_1.D);
        dst.mins[b] = f16(weights, at + Q4_1.M);
        LongVector q =
            LongVector.fromMemorySegment(Lanes.L16BYTES, weights, at + Q4_1.QS, Lanes.LE);
        q.and(Bits.NIBBLES).reinterpretAsBytes().intoArray(dst.codes, 32 * b);
        q.lanewise(VectorOperators.LSHR, 4)
            .and(Bits.NIBBLES)
            .reinterpretAsBytes()
            .intoArray(dst.codes, 32 * b + 16);
      }
    }
  }

  record Q5Zero() implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += Q5_0.BLOCK_BYTES) {
        dst.scales[b] = f16(weights, at + Q5_0.D);
        fiveBits(weights, at + Q5_0.QS, i32(weights, at + Q5_0.QH), 16, dst.codes, 32 * b);
      }
    }
  }

  record Q5One() implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public boolean hasMins() {
      return true;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += Q5_1.BLOCK_BYTES) {
        dst.scales[b] = f16(weights, at + Q5_1.D);
        dst.mins[b] = f16(weights, at + Q5_1.M);
        fiveBits(weights, at + Q5_1.QS, i32(weights, at + Q5_1.QH), 0, dst.codes, 32 * b);
      }
    }
  }

  /**
   * Combines 16 bytes of nibbles and 32 high bits. It works on longs, because vectors spread bits
   * no faster.
   */
  private static void fiveBits(
      MemorySegment weights, long qs, int qh, int bias, byte[] dst, int at) {
    for (int i = 0; i < 16; i += 8) {
      long q = i64(weights, qs + i);
      long low = q & Bits.NIBBLES | Bits.spreadBits(qh >>> i) << 4;
      long high = q >>> 4 & Bits.NIBBLES | Bits.spreadBits(qh >>> 16 + i) << 4;
      Bits.LONG.set(dst, at + i, Bits.less(low, bias));
      Bits.LONG.set(dst, at + 16 + i, Bits.less(high, bias));
    }
  }

  record Q8Zero() implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += Q8_0.BLOCK_BYTES) {
        dst.scales[b] = f16(weights, at + Q8_0.D);
        for (int i = 0; i < 32; i += 16) {
          ByteVector.fromMemorySegment(Lanes.B16, weights, at + Q8_0.QS + i, Lanes.LE)
              .intoArray(dst.codes, 32 * b + i);
        }
      }
    }
  }
}
