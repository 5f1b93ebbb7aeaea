package dev.lamina.kernels.quantize;

import dev.lamina.kernels.format.IQ3_XXS;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** Quantizer to {@link IQ3_XXS}. */
final class IQ3_XXSQuantizer extends GridQuantizer<SignedSearch> {
  IQ3_XXSQuantizer() {
    super(IQ3_XXS.BLOCK_BYTES);
  }

  @Override
  SignedSearch search() {
    return new SignedSearch(GridIndex.iq3xxs(), 32, true, 4);
  }

  @Override
  void write(SignedSearch found, MemorySegment dst, long block) {
    dst.set(LittleEndian.I16, block + IQ3_XXS.D, found.storedD());
    for (int k = 0; k < 64; k++) {
      putByte(dst, block + IQ3_XXS.QS + k, found.entries[k]);
    }
    for (int j = 0; j < 8; j++) {
      dst.set(LittleEndian.I32, block + IQ3_XXS.SCALES_AND_SIGNS + 4 * j, signsAndScale(found, j));
    }
  }
}
