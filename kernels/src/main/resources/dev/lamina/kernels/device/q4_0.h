// 18 bytes: d, 16 bytes of nibbles.
#define CODE_BIAS 8
#define HAS_MIN 0
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  set_scale(group, half_at(block));
  UNROLL
  for (int i = 0; i < 4; i++) {
    set_nibbles(group, i, u32_at_2(block + 2 + 4 * i));
  }
}
