package dev.lamina.cpu.kernel;

import static dev.lamina.kernels.format.LittleEndian.f16;
import static dev.lamina.kernels.format.LittleEndian.i32;
import static dev.lamina.kernels.format.LittleEndian.i64;
import static dev.lamina.kernels.format.LittleEndian.u16;

import dev.lamina.kernels.codebook.Codebooks;
import dev.lamina.kernels.format.IQ1_M;
import dev.lamina.kernels.format.IQ1_S;
import java.lang.foreign.MemorySegment;

/**
 * IQ1_S and IQ1_M: eight values -1, 0 or 1 from a codebook, all shifted by 1/8 up or down. The
 * codes are eight times that: odd integers from -9 to 9.
 */
final class Grid1Quants {
  private static final float EIGHTH = 0.125f;

  private Grid1Quants() {}

  record Iq1S(Shifted grid) implements Unpacker {
    @Override
    public int group() {
      return 32;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += IQ1_S.BLOCK_BYTES) {
        long scales = 0;
        for (int g = 0; g < 8; g++) {
          int qs = i32(weights, at + IQ1_S.QS + 4 * g);
          int qh = u16(weights, at + IQ1_S.QH + 2 * g);
          scales |= (2L * (qh >>> 12 & 7) + 1) << 8 * g;
          for (int k = 0; k < 4; k++) {
            int index = qs >>> 8 * k & 0xff | (qh >>> 3 * k & 7) << 8;
            long eight = grid.eight(index, qh >>> 15);
            Bits.LONG.set(dst.codes, 256 * b + 32 * g + 8 * k, eight);
          }
        }
        dst.scales8(8 * b, scales, EIGHTH * f16(weights, at + IQ1_S.D));
      }
    }
  }

  record Iq1M(Shifted grid) implements Unpacker {
    @Override
    public int group() {
      return 16;
    }

    @Override
    public void unpack(MemorySegment weights, long offset, int nBlocks, Codes dst) {
      long at = offset;
      for (int b = 0; b < nBlocks; b++, at += IQ1_M.BLOCK_BYTES) {
        float d = EIGHTH * IQ1_M.d(weights, at);
        long packed = i64(weights, at + IQ1_M.SCALES);
        dst.scales8(16 * b, scales8((int) packed), d);
        dst.scales8(16 * b + 8, scales8((int) (packed >>> 32)), d);
        for (int g = 0; g < 8; g++) {
          int qs = i32(weights, at + IQ1_M.QS + 4 * g);
          int qh = u16(weights, at + IQ1_M.QH + 2 * g);
          for (int k = 0; k < 4; k++) {
            int index = qs >>> 8 * k & 0xff | (qh >>> 4 * k & 7) << 8;
            long eight = grid.eight(index, qh >>> 4 * k + 3 & 1);
            Bits.LONG.set(dst.codes, 256 * b + 32 * g + 8 * k, eight);
          }
        }
      }
    }

    /** The odd numbers 2s + 1 of eight s, of which each half of an int holds four. */
    private static long scales8(int packed) {
      long low = spreadTriples(packed);
      long high = spreadTriples(packed >>> 16);
      return (low | high << 32) << 1 | Bits.ONES;
    }

    private static long spreadTriples(int s) {
      return s & 7 | (s & 0x38) << 5 | (s & 0x1c0) << 10 | (s & 0xe00) << 15;
    }
  }

  /**
   * The codebook with both shifts, as codes, or as indices of a {@link Packing}: the value plus 1,
   * and a top bit for the shift down.
   *
   * @param entries eight columns each, with the shift up
   * @param down what to add for the shift down
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Shifted(long[] entries, long down, boolean indices) {
    static Shifted ofCodes() {
      long[] grid = Codebooks.iq1().clone();
      for (int i = 0; i < grid.length; i++) {
        long biased = 0;
        for (int j = 0; j < 64; j += 8) {
          // With 128 added, no byte carries.
          biased |= (128L + 8 * (byte) (grid[i] >>> j) + 1) << j;
        }
        grid[i] = biased;
      }
      return new Shifted(grid, -2 * Bits.ONES, false);
    }

    static Shifted ofIndices() {
      long[] grid = Codebooks.iq1().clone();
      for (int i = 0; i < grid.length; i++) {
        grid[i] = IndexPacker.twoFours(Bits.plus(grid[i], 1));
      }
      return new Shifted(grid, 4 * Bits.ONES, true);
    }

    /**
     * @param shiftedDown 0 or 1
     */
    long eight(int entry, int shiftedDown) {
      long eight = entries[entry] + down * shiftedDown;
      return indices ? eight : eight ^ Bits.TOPS;
    }
  }
}
