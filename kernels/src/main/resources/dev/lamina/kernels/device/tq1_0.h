// 54 bytes: 48 bytes of five base-3 digits, 4 bytes of four, d. A byte is a fraction of 256, whose
// digit n is (byte * 3^n mod 256) * 3 / 256.
#define CODE_BIAS 1
#define HAS_MIN 0
#include "codes.h"

INLINE u32 two_digits(u32 bytes, u32 power) {
  return ((bytes & 0x00ff00ffu) * power & 0x00ff00ffu) * 3 >> 8 & 0x00ff00ffu;
}

// Digit n of four bytes.
INLINE u32 four_digits(u32 bytes, int n) {
  u32 power = n < 4 ? 0x1b090301u >> 8 * n & 255 : 81;
  return two_digits(bytes, power) | two_digits(bytes >> 8, power) << 8;
}

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group) {
  set_scale(group, half_at(block + 52));
  UNROLL
  for (int i = 0; i < 8; i++) {
    int at = 4 * i;
    int n = (int)j;
    if (j >= 5) {
      // Digits of 16 bytes; the last half group is four digits of four bytes.
      const int isLast = j == 7 && i >= 4;
      at = isLast ? 48 : 32 + i % 4 * 4;
      n = isLast ? i - 4 : 2 * (int)(j - 5) + i / 4;
    }
    group->codes[i] = four_digits(u32_at_2(block + at), n);
  }
}
