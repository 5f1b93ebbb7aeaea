// 82 bytes: d, 32 bytes of low index bits for 8 weights each, 32 bytes of signs, 8 bytes of 4 x 2
// high index bits, 8 bytes of nibbles, the scales for 16 weights each.
#include "iq2.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  float d = half_at(block);
  u32 scales = block[74 + j];
  group->scale[0] = iq2_scale(d, scales & 15);
  group->scale[1] = iq2_scale(d, scales >> 4);
  u32 low = u32_at_2(block + 2 + 4 * j);
  u32 signs = u32_at_2(block + 34 + 4 * j);
  u32 high = block[66 + j];
  UNROLL
  for (int k = 0; k < 4; k++) {
    u32 index = (low >> 8 * k & 255) | (high >> 2 * k & 3) << 8;
    set_octet(group, k, table[index], signs >> 8 * k);
  }
}
