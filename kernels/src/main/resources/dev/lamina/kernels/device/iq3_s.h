// 110 bytes: d, 64 bytes of low index bits for 4 weights each, 8 bytes of high ones, 32 bytes of
// signs, 4 bytes of nibbles, the scales. A word of the table is four magnitudes.
#define CODE_BIAS 128
#define HAS_MIN 0
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  u32 scale = block[106 + j / 2] >> 4 * (j % 2) & 15;
  set_scale(group, half_at(block) * (float)(1 + 2 * scale));
  u32 high = block[66 + j];
  u32 signs = u32_at_2(block + 74 + 4 * j);
  UNROLL
  for (int k = 0; k < 4; k++) {
    u32 low = u16_at(block + 2 + 8 * j + 2 * k);
    u32 first = (low & 255) | (high >> 2 * k & 1) << 8;
    u32 second = low >> 8 | (high >> (2 * k + 1) & 1) << 8;
    group->codes[2 * k] = with_signs(table[first], signs >> 8 * k);
    group->codes[2 * k + 1] = with_signs(table[second], signs >> (8 * k + 4));
  }
}
