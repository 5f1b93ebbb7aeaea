// What a type of quantised weights is to the kernels: groups of 32 consecutive weights,
//
//   weight[k] = (byte k of codes - CODE_BIAS) * scale[k / 16] + min[k / 16]
//
// The type's header sets CODE_BIAS (0 to 128) and HAS_MIN, includes this one, and defines
//
//   void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group)
//
// for group j of a block. The table is the type's codebook in local memory, if it has one.

typedef struct {
  u32 codes[8];
  float scale[2];
#if HAS_MIN
  float min[2];
#endif
} Group;

// Rounds as the scalar reference does. The bits 0x4b000000 + n are the float 2^23 + n: an or and a
// subtraction are several times faster than a conversion.
INLINE float weight(const Group *group, int k) {
  u32 bits = 0x4b000000u | (group->codes[k / 4] >> 8 * (k % 4) & 255);
  float code = AS_FLOAT(bits) - (8388608.0f + CODE_BIAS);
#if HAS_MIN
  return code * group->scale[k / 16] + group->min[k / 16];
#else
  return code * group->scale[k / 16];
#endif
}

INLINE void decode(Bytes block, u32 j, LOCAL const u32 *table, Group *group);

// Group g of a row.
INLINE void load_group(Bytes row, int g, int columns, LOCAL const u32 *table, Group *group) {
  const u32 perBlock = BLOCK_SIZE / 32;
  const u32 block = (u32)g / perBlock;
  decode(row + (size_t)block * BLOCK_BYTES, (u32)g % perBlock, table, group);
}

INLINE void set_scale(Group *group, float scale) {
  group->scale[0] = scale;
  group->scale[1] = scale;
}

#if HAS_MIN
INLINE void set_min(Group *group, float min) {
  group->min[0] = min;
  group->min[1] = min;
}
#endif

// Four words of two nibbles a byte: the low ones are codes 0 to 15, the high ones 16 to 31.
INLINE void set_nibbles(Group *group, int i, u32 word) {
  group->codes[i] = word & 0x0f0f0f0fu;
  group->codes[i + 4] = word >> 4 & 0x0f0f0f0fu;
}

// Bit i of the low four becomes bit 0 of byte i.
INLINE u32 spread_bits(u32 four) {
  return (four & 15) * 0x00204081u & 0x01010101u;
}

// Four of a table of 16 bytes.
INLINE u32 look_up(LOCAL const u32 *table, u32 nibbles) {
  LOCAL const u8 *bytes = (LOCAL const u8 *)table;
  return bytes[nibbles & 15] | (u32)bytes[nibbles >> 8 & 15] << 8
      | (u32)bytes[nibbles >> 16 & 15] << 16 | (u32)bytes[nibbles >> 24 & 15] << 24;
}

// Four codes of bias 128 from magnitudes of 1 to 127, negated where a bit of the low four is set.
INLINE u32 with_signs(u32 magnitudes, u32 four) {
  u32 ones = spread_bits(four);
  return ((magnitudes ^ ones * 255) + ones) ^ 0x80808080u;
}

// Seven signs, and an eighth that makes the number of negative ones even.
INLINE u32 even_signs(u32 seven) {
  return seven | (POPCOUNT(seven) & 1) << 7;
}
