// 136 bytes: d, u16 of 8 high bit pairs and 4 bytes of nibbles, the scales, 128 bytes of nibbles.
// The table is 16 codes.
#define CODE_BIAS 128
#define HAS_MIN 0
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  int low = block[4 + j / 2] >> 4 * (j % 2) & 15;
  int high = u16_at(block + 2) >> 2 * j & 3;
  set_scale(group, half_at(block) * (float)((low | high << 4) - 32));
  UNROLL
  for (int i = 0; i < 4; i++) {
    u32 word = u32_at_4(block + 8 + 16 * j + 4 * i);
    group->codes[i] = look_up(table, word);
    group->codes[i + 4] = look_up(table, word >> 4);
  }
}
