// IQ2_XXS, IQ2_XS and IQ2_S: eight magnitudes 8, 25 or 43 with signs. A word of the table is eight
// numbers 0, 1 or 2 of a magnitude: the low nibbles of its bytes are the first four.
#define CODE_BIAS 128
#define HAS_MIN 0
#include "codes.h"

// 8 + 17 n, and one more for n = 2.
INLINE u32 magnitudes(u32 numbers) {
  return 0x08080808u + numbers * 17 + (numbers >> 1 & 0x01010101u);
}

INLINE void set_octet(Group *group, int k, u32 word, u32 signs) {
  group->codes[2 * k] = with_signs(magnitudes(word & 0x0f0f0f0fu), signs);
  group->codes[2 * k + 1] = with_signs(magnitudes(word >> 4 & 0x0f0f0f0fu), signs >> 4);
}

INLINE float iq2_scale(float d, u32 scale) {
  return d * (0.5f + (float)scale) * 0.25f;
}
