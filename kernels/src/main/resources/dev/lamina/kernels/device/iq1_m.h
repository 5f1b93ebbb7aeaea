// 56 bytes: 32 bytes of low index bits for 8 weights each, 16 bytes of nibbles (3 high index bits,
// one of shift), 4 u16 of 4 x 3 bits of scale for 16 weights each and a nibble of d.
#include "iq1.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  u32 low = u32_at_4(block + 4 * j);
  u32 high = u16_at(block + 32 + 2 * j);
  u32 bits = 0;
  UNROLL
  for (int i = 0; i < 4; i++) {
    bits |= u16_at(block + 48 + 2 * i) >> 12 << 4 * i;
  }
  float d = half_to_float((u16)bits);
  u32 scales = u16_at(block + 48 + j / 2 * 2) >> 6 * (j % 2);
  UNROLL
  for (int h = 0; h < 2; h++) {
    group->scale[h] = d * (float)(2 * (scales >> 3 * h & 7) + 1) * 0.125f;
  }
  UNROLL
  for (int k = 0; k < 4; k++) {
    u32 index = (low >> 8 * k & 255) | (high >> 4 * k & 7) << 8;
    set_ternaries(group, k, table[index], high >> (4 * k + 3) & 1);
  }
}
