package dev.lamina.cpu.kernel;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;
import static dev.lamina.kernels.format.LittleEndian.i64;
import static dev.lamina.kernels.format.LittleEndian.u16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.codebook.Codebooks;
import dev.lamina.kernels.format.IQ4_NL;
import dev.lamina.kernels.format.IQ4_XS;
import dev.lamina.kernels.format.MXFP4;
import dev.lamina.kernels.format.NVFP4;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/** IQ4_NL, IQ4_XS, MXFP4 and NVFP4: nibbles that index a table of 16 integers. */
final class TableQuants {

  private TableQuants() {}

  record Iq4Nl() implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += IQ4_NL.BLOCK_BYTES) {
        dst.scales[b] = f16(weights, at + IQ4_NL.D);
        look32(weights, at + IQ4_NL.QS, Codebooks.iq4nl(), dst.codes, 32 * b);
      }
    }
  }

  record Iq4Xs() implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      byte[] table = Codebooks.iq4nl();
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += IQ4_XS.BLOCK_BYTES) {
        long low = Bits.spreadNibbles(i32(weights, at + IQ4_XS.SCALES_L));
        long high = Bits.spreadPairs(u16(weights, at + IQ4_XS.SCALES_H));
        dst.scales8(8 * b, Bits.less(low | high << 4, 32), f16(weights, at + IQ4_XS.D));
        for (int sub = 0; sub < 8; sub++) {
          long qs = at + IQ4_XS.QS + 16 * sub;
          look32(weights, qs, table, dst.codes, 256 * b + 32 * sub);
        }
      }
    }
  }

  record MxFp4() implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      byte[] table = Codebooks.e2m1();
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += MXFP4.BLOCK_BYTES) {
        dst.scales[b] = MXFP4.scale(u8(weights, at + MXFP4.E));
        look32(weights, at + MXFP4.QS, table, dst.codes, 32 * b);
      }
    }
  }

  /** Splits 16 bytes into 32 codes; the low nibbles come first. */
  private static void look32(MemorySegment weights, long qs, byte[] table, byte[] dst, int at) {
    ByteVector values = ByteVector.fromArray(Lanes.B16, table, 0);
    LongVector q = LongVector.fromMemorySegment(Lanes.L16BYTES, weights, qs, Lanes.LE);
    q.and(Bits.NIBBLES).reinterpretAsBytes().selectFrom(values).intoArray(dst, at);
    q.lanewise(VectorOperators.LSHR, 4)
        .and(Bits.NIBBLES)
        .reinterpretAsBytes()
        .selectFrom(values)
        .intoArray(dst, at + 16);
  }

  /** {@code scales} holds the value of every UE4M3 scale code. */
  @SuppressWarnings("ArrayRecordComponent")
  record NvFp4(float[] scales) implements Unpacker {
    NvFp4() {
      this(new float[256]);
      for (int code = 0; code < scales.length; code++) {
        scales[code] = NVFP4.scale(code);
      }
    }

    @Override
    public int group() {
      return 16;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += NVFP4.BLOCK_BYTES) {
        for (int sub = 0; sub < 4; sub++) {
          dst.scales[4 * b + sub] = scales[u8(weights, at + NVFP4.D + sub)];
          long q = i64(weights, at + NVFP4.QS + 8 * sub);
          int to = 64 * b + 16 * sub;
          Bits.LONG.set(dst.codes, to, q & Bits.NIBBLES);
          Bits.LONG.set(dst.codes, to + 8, q >>> 4 & Bits.NIBBLES);
        }
      }
      // Separate from the stores above: a load across two fresh stores would wait for both.
      ByteVector values = ByteVector.fromArray(Lanes.B16, Codebooks.e2m1(), 0);
      for (int i = 0; i < 64 * nBlocks; i += 16) {
        ByteVector nibbles = ByteVector.fromArray(Lanes.B16, dst.codes, i);
        nibbles.selectFrom(values).intoArray(dst.codes, i);
      }
    }
  }
}
