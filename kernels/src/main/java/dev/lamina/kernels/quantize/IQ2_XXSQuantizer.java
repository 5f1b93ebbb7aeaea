package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ2_XXS;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Quantizer to {@link IQ2_XXS}. */
final class IQ2_XXSQuantizer extends GridQuantizer<SignedSearch> {
  IQ2_XXSQuantizer() {
    super(IQ2_XXS.BLOCK_BYTES);
  }

  @Override
  SignedSearch search() {
    return new SignedSearch(GridIndex.iq2xxs(), 32, true, 8);
  }

  @Override
  void write(SignedSearch found, MemorySegment dst, long block) {
    dst.set(LittleEndian.I16, block + IQ2_XXS.D, found.storedD());
    for (int j = 0; j < 8; j++) {
      long at = block + IQ2_XXS.QS + 8 * j;
      for (int k = 0; k < 4; k++) {
        putByte(dst, at + k, found.entries[4 * j + k]);
      }
      dst.set(LittleEndian.I32, at + 4, signsAndScale(found, j));
    }
  }
}
