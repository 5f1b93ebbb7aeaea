package dev.lamina.cpu.kernel;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;
import static dev.lamina.kernels.format.LittleEndian.i64;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.format.IQ3_S;
import dev.lamina.kernels.format.IQ3_XXS;
import java.lang.foreign.MemorySegment;

/** IQ3_XXS and IQ3_S: two times four magnitudes from a codebook, and their signs. */
final class Grid3Quants {
  private Grid3Quants() {}

  record Iq3Xxs(Grid grid) implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += IQ3_XXS.BLOCK_BYTES) {
        long scales = 0;
        for (int g = 0; g < 8; g++) {
          long q = i64(weights, at + IQ3_XXS.QS + 8 * g);
          int word = i32(weights, at + IQ3_XXS.SCALES_AND_SIGNS + 4 * g);
          scales |= (2L * (word >>> 28) + 1) << 8 * g;
          for (int k = 0; k < 4; k++) {
            int first = (int) (q >>> 16 * k) & 0xff;
            int second = (int) (q >>> 16 * k + 8) & 0xff;
            long eight = grid.eight(first, second, grid.even()[word >>> 7 * k & 127]);
            Bits.LONG.set(dst.codes, 256 * b + 32 * g + 8 * k, eight);
          }
        }
        // The scale is d * (0.5 + s) / 2.
        dst.scales8(8 * b, scales, 0.25f * f16(weights, at + IQ3_XXS.D));
      }
    }
  }

  record Iq3S(Grid grid) implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += IQ3_S.BLOCK_BYTES) {
        long s = Bits.spreadNibbles(i32(weights, at + IQ3_S.SCALES));
        dst.scales8(8 * b, s << 1 | Bits.ONES, f16(weights, at + IQ3_S.D));
        for (int g = 0; g < 8; g++) {
          long q = i64(weights, at + IQ3_S.QS + 8 * g);
          int high = u8(weights, at + IQ3_S.QH + g) << 8;
          int signs = i32(weights, at + IQ3_S.SIGNS + 4 * g);
          for (int k = 0; k < 4; k++) {
            int first = (int) (q >>> 16 * k) & 0xff | high >>> 2 * k & 0x100;
            int second = (int) (q >>> 16 * k + 8) & 0xff | high >>> 2 * k + 1 & 0x100;
            long eight = grid.eight(first, second, grid.all()[signs >>> 8 * k & 0xff]);
            Bits.LONG.set(dst.codes, 256 * b + 32 * g + 8 * k, eight);
          }
        }
      }
    }
  }
}
