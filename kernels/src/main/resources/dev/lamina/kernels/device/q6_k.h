// 210 bytes: 128 bytes of nibbles, 64 bytes of high bit pairs, 16 signed scales for 16 weights each,
// d. Of every 128 weights, group j % 4 is nibble j / 2 % 2 of 32 bytes and a pair of another 32.
#define CODE_BIAS 32
#define HAS_MIN 0
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  float d = half_at(block + 208);
  UNROLL
  for (int h = 0; h < 2; h++) {
    group->scale[h] = d * (float)(i8)block[192 + 2 * j + h];
  }
  Bytes low = block + j / 4 * 64 + j % 2 * 32;
  Bytes high = block + 128 + j / 4 * 32;
  UNROLL
  for (int i = 0; i < 8; i++) {
    u32 pairs = u32_at_2(high + 4 * i) >> 2 * (j % 4) & 0x03030303u;
    group->codes[i] = (u32_at_2(low + 4 * i) >> 4 * (j / 2 % 2) & 0x0f0f0f0fu) | pairs << 4;
  }
}
