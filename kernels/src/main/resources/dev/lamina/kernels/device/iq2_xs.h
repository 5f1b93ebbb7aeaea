// 74 bytes: d, 32 u16 for 8 weights each: 9 bits of index, 7 of signs; 8 bytes of nibbles, the
// scales for 16 weights each.
#include "iq2.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  float d = half_at(block);
  u32 scales = block[66 + j];
  group->scale[0] = iq2_scale(d, scales & 15);
  group->scale[1] = iq2_scale(d, scales >> 4);
  UNROLL
  for (int k = 0; k < 4; k++) {
    u32 word = u16_at(block + 2 + 8 * j + 2 * k);
    set_octet(group, k, table[word & 511], even_signs(word >> 9));
  }
}
