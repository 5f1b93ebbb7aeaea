// What a type of unquantised weights is to the kernels. Rows may end within a group: what is beyond
// is zero. The type's header defines float element(Bytes p) and includes this one.

typedef struct {
  float values[32];
} Group;

INLINE float weight(const Group *group, int k) {
  return group->values[k];
}

// Group g of a row.
INLINE void load_group(Bytes row, int g, int columns, LOCAL const u32 *table, Group *group) {
  Bytes p = row + (size_t)g * (32 * BLOCK_BYTES);
  int n = columns - 32 * g;
  UNROLL
  for (int k = 0; k < 32; k++) {
    group->values[k] = k < n ? element(p + k * BLOCK_BYTES) : 0.0f;
  }
}
