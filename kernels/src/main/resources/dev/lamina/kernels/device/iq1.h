// IQ1_S and IQ1_M: eight values -1, 0 or 1, all shifted by an eighth up or down. Codes are eight
// times that, scales an eighth. A word of the table is eight values plus 1: the low nibbles of its
// bytes are the first four.
#define CODE_BIAS 9
#define HAS_MIN 0
#include "codes.h"

INLINE void set_ternaries(Group *group, int k, u32 word, u32 isDown) {
  u32 shift = isDown ? 0 : 0x02020202u;
  group->codes[2 * k] = ((word & 0x0f0f0f0fu) << 3) + shift;
  group->codes[2 * k + 1] = (word >> 1 & 0x78787878u) + shift;
}
