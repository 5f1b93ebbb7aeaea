// 50 bytes: d, 32 bytes of low index bits for 8 weights each, per group a u16: 4 x 3 high index
// bits, 3 bits of scale, one of shift.
#include "iq1.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  u32 low = u32_at_2(block + 2 + 4 * j);
  u32 high = u16_at(block + 34 + 2 * j);
  set_scale(group, half_at(block) * (float)(2 * (high >> 12 & 7) + 1) * 0.125f);
  UNROLL
  for (int k = 0; k < 4; k++) {
    u32 index = (low >> 8 * k & 255) | (high >> 3 * k & 7) << 8;
    set_ternaries(group, k, table[index], high >> 15);
  }
}
