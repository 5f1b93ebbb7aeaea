// 36 bytes: 4 scales for 16 weights each, 4 x 8 bytes of nibbles. The table is 16 codes.
#define CODE_BIAS 128
#define HAS_MIN 0
#include "codes.h"

// Half of an unsigned E4M3 number; NaN is 0.
INLINE float e4m3_half(u32 bits) {
  u32 exponent = bits >> 3 & 15;
  u32 mantissa = bits & 7;
  if (bits == 0x7f) {
    return 0.0f;
  }
  return exponent == 0 ? (float)mantissa * AS_FLOAT(117u << 23)
                       : (float)(8 + mantissa) * AS_FLOAT((exponent + 116) << 23);
}

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  UNROLL
  for (int h = 0; h < 2; h++) {
    group->scale[h] = e4m3_half(block[2 * j + h]);
    UNROLL
    for (int i = 0; i < 2; i++) {
      u32 word = u32_at_4(block + 4 + 16 * j + 8 * h + 4 * i);
      group->codes[4 * h + i] = look_up(table, word);
      group->codes[4 * h + i + 2] = look_up(table, word >> 4);
    }
  }
}
