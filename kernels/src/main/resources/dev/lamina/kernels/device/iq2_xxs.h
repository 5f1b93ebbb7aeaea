// 66 bytes: d, per group 4 bytes of indices for 8 weights each and a word: 4 x 7 bits of signs, 4 of
// scale.
#include "iq2.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  u32 indices = u32_at_2(block + 2 + 8 * j);
  u32 word = u32_at_2(block + 6 + 8 * j);
  set_scale(group, iq2_scale(half_at(block), word >> 28));
  UNROLL
  for (int k = 0; k < 4; k++) {
    set_octet(group, k, table[indices >> 8 * k & 255], even_signs(word >> 7 * k & 127));
  }
}
