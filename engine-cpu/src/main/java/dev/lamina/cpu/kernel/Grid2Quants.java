package dev.lamina.cpu.kernel;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;
import static dev.lamina.kernels.format.LittleEndian.i64;
import static dev.lamina.kernels.format.LittleEndian.u16;
import static dev.lamina.kernels.format.LittleEndian.u8;

import dev.lamina.kernels.format.IQ2_S;
import dev.lamina.kernels.format.IQ2_XS;
import dev.lamina.kernels.format.IQ2_XXS;
import java.lang.foreign.MemorySegment;

/**
 * IQ2_XXS, IQ2_XS and IQ2_S: eight magnitudes from a codebook, and their signs. A codebook entry is
 * one long, so these work on longs: a vector gather of them is no faster.
 */
final class Grid2Quants {
  /** Scales are d * (0.5 + s) / 4, that is (2s + 1) times this times d. */
  private static final float EIGHTH = 0.125f;

  private Grid2Quants() {}

  record Iq2Xxs(Grid grid) implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += IQ2_XXS.BLOCK_BYTES) {
        long scales = 0;
        for (int g = 0; g < 8; g++) {
          long group = i64(weights, at + IQ2_XXS.QS + 8 * g);
          scales |= (2 * (group >>> 60) + 1) << 8 * g;
          for (int k = 0; k < 4; k++) {
            long signs = grid.even()[(int) (group >>> 32 + 7 * k) & 127];
            long eight = grid.eight((int) (group >>> 8 * k) & 0xff, signs);
            Bits.LONG.set(dst.codes, 256 * b + 32 * g + 8 * k, eight);
          }
        }
        dst.scales8(8 * b, scales, EIGHTH * f16(weights, at + IQ2_XXS.D));
      }
    }
  }

  record Iq2Xs(Grid grid) implements Unpacker {
    @Override
    public int group() {
      return 16;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += IQ2_XS.BLOCK_BYTES) {
        scales16(weights, at + IQ2_XS.SCALES, b, EIGHTH * f16(weights, at + IQ2_XS.D), dst);
        for (int k = 0; k < 32; k++) {
          int q = u16(weights, at + IQ2_XS.QS + 2 * k);
          long eight = grid.eight(q & 511, grid.even()[q >>> 9]);
          Bits.LONG.set(dst.codes, 256 * b + 8 * k, eight);
        }
      }
    }
  }

  record Iq2S(Grid grid) implements Unpacker {
    @Override
    public int group() {
      return 16;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += IQ2_S.BLOCK_BYTES) {
        scales16(weights, at + IQ2_S.SCALES, b, EIGHTH * f16(weights, at + IQ2_S.D), dst);
        for (int g = 0; g < 8; g++) {
          int low = i32(weights, at + IQ2_S.QS + 4 * g);
          int signs = i32(weights, at + IQ2_S.SIGNS + 4 * g);
          int high = u8(weights, at + IQ2_S.QH + g) << 8;
          for (int k = 0; k < 4; k++) {
            int index = low >>> 8 * k & 0xff | high >>> 2 * k & 0x300;
            long eight = grid.eight(index, grid.all()[signs >>> 8 * k & 0xff]);
            Bits.LONG.set(dst.codes, 256 * b + 32 * g + 8 * k, eight);
          }
        }
      }
    }
  }

  /** 16 scales of four bits. */
  private static void scales16(MemorySegment weights, long at, int b, float d, Codes dst) {
    for (int i = 0; i < 2; i++) {
      long s = Bits.spreadNibbles(i32(weights, at + 4 * i));
      dst.scales8(16 * b + 8 * i, s << 1 | Bits.ONES, d);
    }
  }
}
