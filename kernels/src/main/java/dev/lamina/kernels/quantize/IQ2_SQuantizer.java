package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ2_S;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Quantizer to {@link IQ2_S}. */
final class IQ2_SQuantizer extends GridQuantizer<SignedSearch> {
  IQ2_SQuantizer() {
    super(IQ2_S.BLOCK_BYTES);
  }

  @Override
  SignedSearch search() {
    return new SignedSearch(GridIndex.iq2s(), 16, false, 8);
  }

  @Override
  void write(SignedSearch found, MemorySegment dst, long block) {
    dst.set(LittleEndian.I16, block + IQ2_S.D, found.storedD());
    for (int k = 0; k < 32; k++) {
      putByte(dst, block + IQ2_S.QS + k, found.entries[k]);
      putByte(dst, block + IQ2_S.SIGNS + k, found.signs[k]);
    }
    for (int k = 0; k < 8; k++) {
      putByte(dst, block + IQ2_S.QH + k, highBits(found.entries, 4 * k, 4, 2));
    }
    putNibbles(dst, block + IQ2_S.SCALES, found.scales);
  }
}
