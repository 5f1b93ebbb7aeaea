// 110 bytes: 32 bytes of high bits, 64 bytes of two-bit codes, 12 bytes of 6-bit scales for 16
// weights each, d. Group j is bit j of the high bits and bit pair j % 4 of the 32 bytes j / 4.
#define CODE_BIAS 4
#define HAS_MIN 0
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  float d = half_at(block + 108);
  UNROLL
  for (int h = 0; h < 2; h++) {
    int s = 2 * j + h;
    int low = block[96 + s % 8] >> 4 * (s / 8) & 15;
    int high = block[104 + s % 4] >> 2 * (s / 4) & 3;
    group->scale[h] = d * (float)((low | high << 4) - 32);
  }
  Bytes low = block + 32 + j / 4 * 32;
  UNROLL
  for (int i = 0; i < 8; i++) {
    u32 high = u32_at_2(block + 4 * i) >> j & 0x01010101u;
    group->codes[i] = (u32_at_2(low + 4 * i) >> 2 * (j % 4) & 0x03030303u) | high << 2;
  }
}
