// The first 16 bytes of Q4_K and Q5_K: d, dmin, 8 scales and 8 minima of 6 bits.
INLINE void set_k_scales(Bytes block, u32 j, Group *group) {
  int scale;
  int min;
  if (j < 4) {
    scale = block[4 + j] & 63;
    min = block[8 + j] & 63;
  } else {
    scale = (block[8 + j] & 15) | block[j] >> 6 << 4;
    min = block[8 + j] >> 4 | block[4 + j] >> 6 << 4;
  }
  set_scale(group, half_at(block) * (float)scale);
  set_min(group, -(half_at(block + 2) * (float)min));
}
