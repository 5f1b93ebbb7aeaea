// 24 bytes: d, m, 32 high bits, 16 bytes of nibbles.
#define CODE_BIAS 0
#define HAS_MIN 1
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  set_scale(group, half_at(block));
  set_min(group, half_at(block + 2));
  u32 high = u32_at_4(block + 4);
  UNROLL
  for (int i = 0; i < 4; i++) {
    set_nibbles(group, i, u32_at_4(block + 8 + 4 * i));
    group->codes[i] |= spread_bits(high >> 4 * i) << 4;
    group->codes[i + 4] |= spread_bits(high >> (4 * i + 16)) << 4;
  }
}
