package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ2_XS;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Quantizer to {@link IQ2_XS}. */
final class IQ2_XSQuantizer extends GridQuantizer<SignedSearch> {
  IQ2_XSQuantizer() {
    super(IQ2_XS.BLOCK_BYTES);
  }

  @Override
  SignedSearch search() {
    return new SignedSearch(GridIndex.iq2xs(), 16, true, 8);
  }

  @Override
  void write(SignedSearch found, MemorySegment dst, long block) {
    dst.set(LittleEndian.I16, block + IQ2_XS.D, found.storedD());
    for (int k = 0; k < 32; k++) {
      int code = found.entries[k] | (found.signs[k] & 127) << 9;
      dst.set(LittleEndian.I16, block + IQ2_XS.QS + 2 * k, (short) code);
    }
    putNibbles(dst, block + IQ2_XS.SCALES, found.scales);
  }
}
