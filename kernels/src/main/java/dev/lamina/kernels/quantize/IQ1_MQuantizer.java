package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ1_M;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Quantizer to {@link IQ1_M}. */
final class IQ1_MQuantizer extends GridQuantizer<ShiftedSearch> {
  IQ1_MQuantizer() {
    super(IQ1_M.BLOCK_BYTES);
  }

  @Override
  ShiftedSearch search() {
    return new ShiftedSearch(16, 1);
  }

  @Override
  void write(ShiftedSearch found, MemorySegment dst, long block) {
    for (int k = 0; k < 32; k++) {
      putByte(dst, block + IQ1_M.QS + k, found.entries[k]);
    }
    for (int k = 0; k < 16; k++) {
      int low = found.entries[2 * k] >> 8 | found.shifts[2 * k] << 3;
      int high = found.entries[2 * k + 1] >> 8 | found.shifts[2 * k + 1] << 3;
      putByte(dst, block + IQ1_M.QH + k, low | high << 4);
    }
    int d = found.storedD();
    for (int j = 0; j < 4; j++) {
      int word = (d >> 4 * j & 15) << 12;
      for (int k = 0; k < 4; k++) {
        word |= found.scales[4 * j + k] << 3 * k;
      }
      dst.set(LittleEndian.I16, block + IQ1_M.SCALES + 2 * j, (short) word);
    }
  }
}
