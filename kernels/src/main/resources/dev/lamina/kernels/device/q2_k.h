// 84 bytes: 16 bytes of scale (low nibble) and minimum for 16 weights each, 64 bytes of two-bit
// codes, d, dmin. Group j is bit pair j % 4 of the 32 bytes j / 4.
#define CODE_BIAS 0
#define HAS_MIN 1
#include "codes.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  float d = half_at(block + 80);
  float dmin = half_at(block + 82);
  UNROLL
  for (int h = 0; h < 2; h++) {
    int scale = block[2 * j + h];
    group->scale[h] = d * (float)(scale & 15);
    group->min[h] = -(dmin * (float)(scale >> 4));
  }
  Bytes low = block + 16 + j / 4 * 32;
  UNROLL
  for (int i = 0; i < 8; i++) {
    group->codes[i] = u32_at_4(low + 4 * i) >> 2 * (j % 4) & 0x03030303u;
  }
}
