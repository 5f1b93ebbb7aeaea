// 17 bytes: exponent, 16 bytes of nibbles. The table is 16 codes.
#define CODE_BIAS 128
#define HAS_MIN 0
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  // 2^(e - 128), subnormal for 0 and 1.
  u32 e = block[0];
  set_scale(group, AS_FLOAT(e < 2 ? 0x00200000u << e : (e - 1) << 23));
  UNROLL
  for (int i = 0; i < 4; i++) {
    u32 word = u32_at_any(block + 1 + 4 * i);
    group->codes[i] = look_up(table, word);
    group->codes[i + 4] = look_up(table, word >> 4);
  }
}
