// y = w x + bias for N_TOKENS tokens. w [rows, columns], x [N_TOKENS, columns], bias [rows] if
// hasBias, y [N_TOKENS, rows].
//
// Included once for each N_TOKENS, with VEC_LANES threads to a row and VEC_ROWS rows to a thread.
// A thread decodes every VEC_LANES-th group of 32 weights of its rows and multiplies all tokens; x
// passes through local memory, where the lanes' groups start in different banks.

#define VEC_SLOTS (VEC_THREADS / VEC_LANES)
#define VEC_STRIDE 36

KERNEL(VEC_THREADS) JOIN(mul_mat_vec_, N_TOKENS)(
    GLOBAL const u8 *RESTRICT w, GLOBAL const float *RESTRICT x, GLOBAL const float *RESTRICT bias,
    GLOBAL float *RESTRICT y, int columns, int rows, int hasBias) {
  LOCAL_ARRAY float tile[N_TOKENS * VEC_LANES * VEC_STRIDE];
  LOCAL_TABLE(table);
  load_table(table);
  const int lane = (u32)THREAD % VEC_LANES;
  const int slot = (u32)THREAD / VEC_LANES;
  const int firstRow = GROUP_X * (VEC_SLOTS * VEC_ROWS);
  const int nGroups = (columns + 31) / 32;
  Bytes row[VEC_ROWS];
  float sums[VEC_ROWS][N_TOKENS];
  UNROLL
  for (int r = 0; r < VEC_ROWS; r++) {
    // Beyond the end, the last row once more; its sums are not stored.
    row[r] = w + min(firstRow + r * VEC_SLOTS + slot, rows - 1) * row_bytes(columns);
    UNROLL
    for (int t = 0; t < N_TOKENS; t++) {
      sums[r][t] = 0.0f;
    }
  }

  for (int first = 0; first < nGroups; first += VEC_LANES) {
    const int isActive = first + lane < nGroups;
    Group groups[VEC_ROWS];
    if (isActive) {
      UNROLL
      for (int r = 0; r < VEC_ROWS; r++) {
        load_group(row[r], first + lane, columns, table, &groups[r]);
      }
    }
    for (u32 i = THREAD; i < N_TOKENS * VEC_LANES * 32; i += VEC_THREADS) {
      int column = 32 * first + (int)(i % (VEC_LANES * 32));
      tile[i / 32 * VEC_STRIDE + i % 32] =
          column < columns ? x[(size_t)(i / (VEC_LANES * 32)) * columns + column] : 0.0f;
    }
    BARRIER();
    if (isActive) {
      UNROLL
      for (int k = 0; k < 32; k += 4) {
        UNROLL
        for (int r = 0; r < VEC_ROWS; r++) {
          float w0 = weight(&groups[r], k);
          float w1 = weight(&groups[r], k + 1);
          float w2 = weight(&groups[r], k + 2);
          float w3 = weight(&groups[r], k + 3);
          UNROLL
          for (int t = 0; t < N_TOKENS; t++) {
            float4 v = *(LOCAL const float4 *)&tile[(t * VEC_LANES + lane) * VEC_STRIDE + k];
            sums[r][t] = FMA(w0, v.x, FMA(w1, v.y, FMA(w2, v.z, FMA(w3, v.w, sums[r][t]))));
          }
        }
      }
    }
    BARRIER();
  }

  // The lanes' sums, in the tile's memory; then a thread adds those of a row and token. Each
  // starts at another lane and so at another bank.
  UNROLL
  for (int r = 0; r < VEC_ROWS; r++) {
    UNROLL
    for (int t = 0; t < N_TOKENS; t++) {
      tile[(t * VEC_ROWS + r) * VEC_THREADS + THREAD] = sums[r][t];
    }
  }
  BARRIER();
  for (u32 i = THREAD; i < N_TOKENS * VEC_ROWS * VEC_SLOTS; i += VEC_THREADS) {
    const int at = firstRow + (int)(i % (VEC_ROWS * VEC_SLOTS));
    if (at < rows) {
      float sum = 0.0f;
      for (int l = 0; l < VEC_LANES; l++) {
        sum += tile[i * VEC_LANES + (l + i) % VEC_LANES];
      }
      y[(size_t)(i / (VEC_ROWS * VEC_SLOTS)) * rows + at] = hasBias ? sum + bias[at] : sum;
    }
  }
}

#undef VEC_SLOTS
#undef VEC_STRIDE
#undef VEC_LANES
#undef VEC_ROWS
#undef N_TOKENS
