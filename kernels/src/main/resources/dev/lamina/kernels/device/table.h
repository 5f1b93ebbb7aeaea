// The type's codebook, TABLE_WORDS words or none, as kernels look it up: in local memory, where
// threads that read different words do not wait for each other.
#if TABLE_WORDS
#define LOCAL_TABLE(name) LOCAL_ARRAY u32 name[TABLE_WORDS]
INLINE void load_table(LOCAL u32 *table) {
  for (int i = THREAD; i < TABLE_WORDS; i += N_THREADS) {
    table[i] = CODEBOOK[i];
  }
  BARRIER();
}
#else
#define LOCAL_TABLE(name) LOCAL_ARRAY u32 name[1]
INLINE void load_table(LOCAL u32 *table) {}
#endif

// Bytes of a row of weights.
INLINE size_t row_bytes(int columns) {
  return (size_t)(columns / BLOCK_SIZE) * BLOCK_BYTES;
}
