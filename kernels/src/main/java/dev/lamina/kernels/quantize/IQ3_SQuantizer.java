package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ3_S;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Quantizer to {@link IQ3_S}. */
final class IQ3_SQuantizer extends GridQuantizer<SignedSearch> {
  IQ3_SQuantizer() {
    super(IQ3_S.BLOCK_BYTES);
  }

  @Override
  SignedSearch search() {
    return new SignedSearch(GridIndex.iq3s(), 32, false, 1);
  }

  @Override
  void write(SignedSearch found, MemorySegment dst, long block) {
    dst.set(LittleEndian.I16, block + IQ3_S.D, found.storedD());
    for (int k = 0; k < 64; k++) {
      putByte(dst, block + IQ3_S.QS + k, found.entries[k]);
    }
    for (int k = 0; k < 8; k++) {
      putByte(dst, block + IQ3_S.QH + k, highBits(found.entries, 8 * k, 8, 1));
    }
    for (int k = 0; k < 32; k++) {
      putByte(dst, block + IQ3_S.SIGNS + k, found.signs[k]);
    }
    putNibbles(dst, block + IQ3_S.SCALES, found.scales);
  }
}
