package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ1_S;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Quantizer to {@link IQ1_S}. */
final class IQ1_SQuantizer extends GridQuantizer<ShiftedSearch> {
  IQ1_SQuantizer() {
    super(IQ1_S.BLOCK_BYTES);
  }

  @Override
  ShiftedSearch search() {
    return new ShiftedSearch(32, 4);
  }

  @Override
  void write(ShiftedSearch found, MemorySegment dst, long block) {
    dst.set(LittleEndian.I16, block + IQ1_S.D, found.storedD());
    for (int k = 0; k < 32; k++) {
      putByte(dst, block + IQ1_S.QS + k, found.entries[k]);
    }
    for (int j = 0; j < 8; j++) {
      int high = highBits(found.entries, 4 * j, 4, 3);
      int word = high | found.scales[j] << 12 | found.shifts[4 * j] << 15;
      dst.set(LittleEndian.I16, block + IQ1_S.QH + 2 * j, (short) word);
    }
  }
}
