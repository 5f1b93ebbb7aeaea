// y = w x + bias for any number of tokens. w [rows, columns], x [nTokens, columns], bias [rows] if
// hasBias, y [nTokens, rows].
//
// A group of 64 threads makes 64 rows of 32 tokens. In steps of 32 columns each thread decodes its
// row's weights into local memory; then each multiplies 8 rows by 4 tokens. Both tiles have the
// column as the slower index, so that reads and writes of a warp fall into different banks.

#define X_STRIDE (TILE_TOKENS + 4)

#define ADD_PRODUCTS(sums, factors, factor) \
  sums.x = FMA(factors.x, factor, sums.x); \
  sums.y = FMA(factors.y, factor, sums.y); \
  sums.z = FMA(factors.z, factor, sums.z); \
  sums.w = FMA(factors.w, factor, sums.w)

INLINE void store_row(GLOBAL float *y, GLOBAL const float *bias, int row, int rows, int hasBias,
                      float sum) {
  if (row < rows) {
    y[row] = hasBias ? sum + bias[row] : sum;
  }
}

// Four rows of one token.
INLINE void store_rows(GLOBAL float *y, GLOBAL const float *bias, int row, int rows, int hasBias,
                       float4 sums) {
  store_row(y, bias, row, rows, hasBias, sums.x);
  store_row(y, bias, row + 1, rows, hasBias, sums.y);
  store_row(y, bias, row + 2, rows, hasBias, sums.z);
  store_row(y, bias, row + 3, rows, hasBias, sums.w);
}

KERNEL(TILE_ROWS) mul_mat(
    GLOBAL const u8 *RESTRICT w, GLOBAL const float *RESTRICT x, GLOBAL const float *RESTRICT bias,
    GLOBAL float *RESTRICT y, int columns, int rows, int hasBias, int nTokens) {
  LOCAL_ARRAY float wTile[32 * TILE_ROWS];
  LOCAL_ARRAY float xTile[32 * X_STRIDE];
  LOCAL_TABLE(table);
  load_table(table);
  const int firstRow = GROUP_X * TILE_ROWS;
  const int firstToken = GROUP_Y * TILE_TOKENS;
  // Beyond the end, the last row once more; its sums are not stored.
  Bytes row = w + min(firstRow + THREAD, rows - 1) * row_bytes(columns);
  const int myRow = (u32)THREAD % 8 * 4;
  const int myToken = (u32)THREAD / 8 * 4;
  float4 sums[4][2];
  UNROLL
  for (int t = 0; t < 4; t++) {
    sums[t][0].x = sums[t][0].y = sums[t][0].z = sums[t][0].w = 0.0f;
    sums[t][1] = sums[t][0];
  }

  for (int first = 0; first < columns; first += 32) {
    Group group;
    load_group(row, first / 32, columns, table, &group);
    BARRIER();
    UNROLL
    for (int k = 0; k < 32; k++) {
      wTile[k * TILE_ROWS + THREAD] = weight(&group, k);
    }
    // 32 consecutive threads copy 8 columns of 4 tokens: whole sectors, and all banks.
    for (u32 i = THREAD; i < 32 * TILE_TOKENS; i += TILE_ROWS) {
      int k = i / 32 % 4 * 8 + i % 8;
      int t = i / 128 * 4 + i / 8 % 4;
      int isInside = firstToken + t < nTokens && first + k < columns;
      xTile[k * X_STRIDE + t] =
          isInside ? x[(size_t)(firstToken + t) * columns + first + k] : 0.0f;
    }
    BARRIER();
    UNROLL_4
    for (int k = 0; k < 32; k++) {
      float4 w0 = *(LOCAL const float4 *)&wTile[k * TILE_ROWS + myRow];
      float4 w1 = *(LOCAL const float4 *)&wTile[k * TILE_ROWS + 32 + myRow];
      float4 v = *(LOCAL const float4 *)&xTile[k * X_STRIDE + myToken];
      ADD_PRODUCTS(sums[0][0], w0, v.x);
      ADD_PRODUCTS(sums[0][1], w1, v.x);
      ADD_PRODUCTS(sums[1][0], w0, v.y);
      ADD_PRODUCTS(sums[1][1], w1, v.y);
      ADD_PRODUCTS(sums[2][0], w0, v.z);
      ADD_PRODUCTS(sums[2][1], w1, v.z);
      ADD_PRODUCTS(sums[3][0], w0, v.w);
      ADD_PRODUCTS(sums[3][1], w1, v.w);
    }
  }

  UNROLL
  for (int t = 0; t < 4; t++) {
    const int token = firstToken + myToken + t;
    if (token < nTokens) {
      GLOBAL float *to = y + (size_t)token * rows;
      store_rows(to, bias, firstRow + myRow, rows, hasBias, sums[t][0]);
      store_rows(to, bias, firstRow + 32 + myRow, rows, hasBias, sums[t][1]);
    }
  }
}
