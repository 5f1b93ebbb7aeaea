// y[t] = row tokens[t] of w, t the group's y index. w [rows, columns], y [nTokens, columns].
KERNEL(GET_ROWS_THREADS) get_rows(
    GLOBAL const u8 *RESTRICT w, GLOBAL const i32 *RESTRICT tokens, GLOBAL float *RESTRICT y,
    int columns) {
  LOCAL_TABLE(table);
  load_table(table);
  int first = 32 * (GROUP_X * GET_ROWS_THREADS + THREAD);
  if (first >= columns) {
    return;
  }
  Group group;
  load_group(w + tokens[GROUP_Y] * row_bytes(columns), first / 32, columns, table, &group);
  GLOBAL float *to = y + (size_t)GROUP_Y * columns + first;
  UNROLL
  for (int k = 0; k < 32; k++) {
    if (BLOCK_SIZE > 1 || first + k < columns) {
      to[k] = weight(&group, k);
    }
  }
}
