// 144 bytes: d, dmin, 12 bytes of scales and minima, 128 bytes of nibbles. Group j is nibble j % 2
// of the 32 bytes j / 2.
#define CODE_BIAS 0
#define HAS_MIN 1
#include "codes.h"
#include "k_scales.h"

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  set_k_scales(block, j, group);
  Bytes low = block + 16 + j / 2 * 32;
  UNROLL
  for (int i = 0; i < 2; i++) {
    uint4 words = words_at_16(low + 16 * i);
    group->codes[4 * i] = words.x >> 4 * (j % 2) & 0x0f0f0f0fu;
    group->codes[4 * i + 1] = words.y >> 4 * (j % 2) & 0x0f0f0f0fu;
    group->codes[4 * i + 2] = words.z >> 4 * (j % 2) & 0x0f0f0f0fu;
    group->codes[4 * i + 3] = words.w >> 4 * (j % 2) & 0x0f0f0f0fu;
  }
}
