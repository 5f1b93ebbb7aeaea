// 98 bytes: d, 64 bytes of indices for 4 weights each, per group a word: 4 x 7 bits of signs, 4 of
// scale. A word of the table is four magnitudes.
#define CODE_BIAS 128
#define HAS_MIN 0
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  u32 word = u32_at_2(block + 66 + 4 * j);
  set_scale(group, half_at(block) * (0.5f + (float)(word >> 28)) * 0.5f);
  UNROLL
  for (int k = 0; k < 4; k++) {
    u32 indices = u16_at(block + 2 + 8 * j + 2 * k);
    u32 signs = even_signs(word >> 7 * k & 127);
    group->codes[2 * k] = with_signs(table[indices & 255], signs);
    group->codes[2 * k + 1] = with_signs(table[indices >> 8], signs >> 4);
  }
}
