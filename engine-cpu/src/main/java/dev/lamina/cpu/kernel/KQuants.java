package dev.lamina.cpu.kernel;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;
import static dev.lamina.kernels.format.LittleEndian.i64;

import dev.lamina.kernels.format.Q2_K;
import dev.lamina.kernels.format.Q3_K;
import dev.lamina.kernels.format.Q4_K;
import dev.lamina.kernels.format.Q5_K;
import dev.lamina.kernels.format.Q6_K;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Q2_K to Q6_K: super-blocks of 256 weights whose sub-blocks have integer scales. */
final class KQuants {
  /** Vectors of 32 bytes, a whole run of 32 codes, or of 16. */
  private static final VectorSpecies<Long> V = Lanes.L32BYTES;

  private static final int STEP = V.vectorByteSize();
  private static final int PAIR = 0x03030303;
  private static final int NIBBLE = 0x0f0f0f0f;
  private static final long PAIRS = 0x0303030303030303L;
  private static final long BITS = 0x0101010101010101L;

  private KQuants() {}

  record Q2K() implements Unpacker {
    @Override
    public int group() {
      return 16;
    }

    @Override
    public boolean hasMins() {
      return true;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += Q2_K.BLOCK_BYTES) {
        float d = f16(weights, at + Q2_K.D);
        float dmin = f16(weights, at + Q2_K.DMIN);
        for (int g = 0; g < 16; g += 8) {
          long both = i64(weights, at + Q2_K.SCALES + g);
          dst.scales8(16 * b + g, both & Bits.NIBBLES, d);
          dst.mins8(16 * b + g, both >>> 4 & Bits.NIBBLES, -dmin);
        }
        twoBits(weights, at + Q2_K.QS, 0, dst.codes, 256 * b);
        twoBits(weights, at + Q2_K.QS + 32, 0, dst.codes, 256 * b + 128);
      }
    }
  }

  /** Splits 32 bytes into 128 codes; the lowest bit pairs of all bytes come first. */
  static void twoBits(MemorySegment weights, long qs, int bias, byte[] dst, int at) {
    for (int i = 0; i < 32; i += STEP) {
      LongVector q = LongVector.fromMemorySegment(V, weights, qs + i, Lanes.LE);
      for (int pair = 0; pair < 4; pair++) {
        q.lanewise(VectorOperators.LSHR, 2 * pair)
            .and(PAIRS)
            .reinterpretAsBytes()
            .sub((byte) bias)
            .intoArray(dst, at + 32 * pair + i);
      }
    }
  }

  record Q3K() implements Unpacker {
    @Override
    public int group() {
      return 16;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += Q3_K.BLOCK_BYTES) {
        float d = f16(weights, at + Q3_K.D);
        long low = i64(weights, at + Q3_K.SCALES);
        int high = i32(weights, at + Q3_K.SCALES + 8);
        dst.scales8(16 * b, sixBits(low, high), d);
        dst.scales8(16 * b + 8, sixBits(low >>> 4, high >>> 4), d);
        threeBits(weights, at + Q3_K.QS, at + Q3_K.HMASK, 0, dst.codes, 256 * b);
        threeBits(weights, at + Q3_K.QS + 32, at + Q3_K.HMASK, 4, dst.codes, 256 * b + 128);
      }
    }

    /** Eight scales: low nibbles of eight bytes under the low two bit pairs of four bytes. */
    private static long sixBits(long low, int high) {
      long pairs = high & PAIR | (high >>> 2 & (long) PAIR) << 32;
      return Bits.less(low & Bits.NIBBLES | pairs << 4, 32);
    }

    private static void threeBits(
        MemorySegment weights, long qs, long hmask, int bit, byte[] dst, int at) {
      for (int i = 0; i < 32; i += STEP) {
        LongVector q = LongVector.fromMemorySegment(V, weights, qs + i, Lanes.LE);
        LongVector h = LongVector.fromMemorySegment(V, weights, hmask + i, Lanes.LE);
        h = h.lanewise(VectorOperators.LSHR, bit);
        for (int pair = 0; pair < 4; pair++) {
          LongVector low = q.lanewise(VectorOperators.LSHR, 2 * pair).and(PAIRS);
          h.lanewise(VectorOperators.LSHR, pair)
              .and(BITS)
              .lanewise(VectorOperators.LSHL, 2)
              .or(low)
              .reinterpretAsBytes()
              .sub((byte) 4)
              .intoArray(dst, at + 32 * pair + i);
        }
      }
    }
  }

  record Q4K() implements Unpacker {
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
      for (int b = 0; b < nBlocks; b++, at += Q4_K.BLOCK_BYTES) {
        scalesAndMins(weights, at, b, dst);
        for (int i = 0; i < 128; i += 32) {
          fourBits(weights, at + Q4_K.QS + i, dst.codes, 256 * b + 2 * i);
        }
      }
    }

    /** Splits 32 bytes into 64 codes; the low nibbles come first. */
    private static void fourBits(MemorySegment weights, long qs, byte[] dst, int at) {
      for (int i = 0; i < 32; i += STEP) {
        LongVector q = LongVector.fromMemorySegment(V, weights, qs + i, Lanes.LE);
        q.and(Bits.NIBBLES).reinterpretAsBytes().intoArray(dst, at + i);
        q.lanewise(VectorOperators.LSHR, 4)
            .and(Bits.NIBBLES)
            .reinterpretAsBytes()
            .intoArray(dst, at + 32 + i);
      }
    }
  }

  /** Reads the head of a Q4_K or Q5_K block: d, dmin and eight scales and minima of six bits. */
  private static void scalesAndMins(MemorySegment weights, long at, int b, Codes dst) {
    long packed = i64(weights, at + Q4_K.SCALES);
    int last = i32(weights, at + Q4_K.SCALES + 8);
    int scalesBelow4 = (int) packed;
    int minsBelow4 = (int) (packed >>> 32);
    int scalesFrom4 = last & NIBBLE | (scalesBelow4 >>> 6 & PAIR) << 4;
    int minsFrom4 = last >>> 4 & NIBBLE | (minsBelow4 >>> 6 & PAIR) << 4;
    long scales = scalesBelow4 & 0x3f3f3f3fL | (long) scalesFrom4 << 32;
    long mins = minsBelow4 & 0x3f3f3f3fL | (long) minsFrom4 << 32;
    dst.scales8(8 * b, scales, f16(weights, at + Q4_K.D));
    dst.mins8(8 * b, mins, -f16(weights, at + Q4_K.DMIN));
  }

  record Q5K() implements Unpacker {
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
      for (int b = 0; b < nBlocks; b++, at += Q5_K.BLOCK_BYTES) {
        scalesAndMins(weights, at, b, dst);
        for (int sub = 0; sub < 8; sub += 2) {
          long qs = at + Q5_K.QS + 16 * sub;
          fiveBits(weights, qs, at + Q5_K.QH, sub, dst.codes, 256 * b + 32 * sub);
        }
      }
    }

    private static void fiveBits(
        MemorySegment weights, long qs, long qh, int sub, byte[] dst, int at) {
      for (int i = 0; i < 32; i += STEP) {
        LongVector q = LongVector.fromMemorySegment(V, weights, qs + i, Lanes.LE);
        LongVector h = LongVector.fromMemorySegment(V, weights, qh + i, Lanes.LE);
        h = h.lanewise(VectorOperators.LSHR, sub);
        h.and(BITS)
            .lanewise(VectorOperators.LSHL, 4)
            .or(q.and(Bits.NIBBLES))
            .reinterpretAsBytes()
            .intoArray(dst, at + i);
        h.and(2 * BITS)
            .lanewise(VectorOperators.LSHL, 3)
            .or(q.lanewise(VectorOperators.LSHR, 4).and(Bits.NIBBLES))
            .reinterpretAsBytes()
            .intoArray(dst, at + 32 + i);
      }
    }
  }

  record Q6K() implements Unpacker {
    @Override
    public int group() {
      return 16;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += Q6_K.BLOCK_BYTES) {
        float d = f16(weights, at + Q6_K.D);
        dst.scales8(16 * b, i64(weights, at + Q6_K.SCALES), d);
        dst.scales8(16 * b + 8, i64(weights, at + Q6_K.SCALES + 8), d);
        sixBits(weights, at + Q6_K.QL, at + Q6_K.QH, dst.codes, 256 * b);
        sixBits(weights, at + Q6_K.QL + 64, at + Q6_K.QH + 32, dst.codes, 256 * b + 128);
      }
    }

    /** Combines 64 bytes of nibbles and 32 bytes of bit pairs to 128 codes. */
    private static void sixBits(MemorySegment weights, long ql, long qh, byte[] dst, int at) {
      for (int i = 0; i < 32; i += STEP) {
        LongVector h = LongVector.fromMemorySegment(V, weights, qh + i, Lanes.LE);
        for (int half = 0; half < 2; half++) {
          LongVector q = LongVector.fromMemorySegment(V, weights, ql + 32 * half + i, Lanes.LE);
          LongVector pairs = h.lanewise(VectorOperators.LSHR, 2 * half);
          pairs
              .and(PAIRS)
              .lanewise(VectorOperators.LSHL, 4)
              .or(q.and(Bits.NIBBLES))
              .reinterpretAsBytes()
              .sub((byte) 32)
              .intoArray(dst, at + 32 * half + i);
          pairs
              .and(PAIRS << 4)
              .or(q.lanewise(VectorOperators.LSHR, 4).and(Bits.NIBBLES))
              .reinterpretAsBytes()
              .sub((byte) 32)
              .intoArray(dst, at + 64 + 32 * half + i);
        }
      }
    }
  }
}
