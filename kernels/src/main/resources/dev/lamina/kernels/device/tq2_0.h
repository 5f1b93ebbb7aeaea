// 66 bytes: 64 bytes of two-bit codes, d. Group j is bit pair j % 4 of the 32 bytes j / 4.
#define CODE_BIAS 1
#define HAS_MIN 0
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  set_scale(group, half_at(block + 64));
  UNROLL
  for (int i = 0; i < 8; i++) {
    group->codes[i] = u32_at_2(block + j / 4 * 32 + 4 * i) >> 2 * (j % 4) & 0x03030303u;
  }
}
