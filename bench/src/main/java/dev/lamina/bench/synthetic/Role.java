package dev.lamina.bench.synthetic;

/** What a matrix does in the model. */
enum Role {
  TOKEN_EMBEDDING,
  OUTPUT,
  ATTN_Q,
  ATTN_K,
  ATTN_V,
  ATTN_OUTPUT,
  FFN_GATE,
  FFN_UP,
  FFN_DOWN
}
