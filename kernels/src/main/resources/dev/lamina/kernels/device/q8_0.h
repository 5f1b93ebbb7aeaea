// 34 bytes: d, 32 signed bytes.
#define CODE_BIAS 128
#define HAS_MIN 0
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  set_scale(group, half_at(block));
  UNROLL
  for (int i = 0; i < 8; i++) {
    group->codes[i] = u32_at_2(block + 2 + 4 * i) ^ 0x80808080u;
  }
}
