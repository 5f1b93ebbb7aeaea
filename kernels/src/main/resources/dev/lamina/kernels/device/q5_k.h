// 176 bytes: d, dmin, 12 bytes of scales and minima, 32 bytes of high bits, 128 bytes of nibbles.
// Group j is bit j of the high bits and nibble j % 2 of the 32 bytes j / 2.
#define CODE_BIAS 0
#define HAS_MIN 1
#include "codes.h"
#include "k_scales.h"

INLINE u32 five_bits(u32 nibbles, u32 bits, u32 j) {
  return (nibbles >> 4 * (j % 2) & 0x0f0f0f0fu) | (bits >> j & 0x01010101u) << 4;
}

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  set_k_scales(block, j, group);
  Bytes low = block + 48 + j / 2 * 32;
  UNROLL
  for (int i = 0; i < 2; i++) {
    uint4 nibbles = words_at_16(low + 16 * i);
    uint4 bits = words_at_16(block + 16 + 16 * i);
    group->codes[4 * i] = five_bits(nibbles.x, bits.x, j);
    group->codes[4 * i + 1] = five_bits(nibbles.y, bits.y, j);
    group->codes[4 * i + 2] = five_bits(nibbles.z, bits.z, j);
    group->codes[4 * i + 3] = five_bits(nibbles.w, bits.w, j);
  }
}
