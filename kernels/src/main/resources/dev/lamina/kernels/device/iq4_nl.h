// 18 bytes: d, 16 bytes of nibbles. The table is 16 codes.
#define CODE_BIAS 128
#define HAS_MIN 0
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  set_scale(group, half_at(block));
  UNROLL
  for (int i = 0; i < 4; i++) {
    u32 word = u32_at_2(block + 2 + 4 * i);
    group->codes[i] = look_up(table, word);
    group->codes[i + 4] = look_up(table, word >> 4);
  }
}
