package dev.lamina.quantize;

/** The role of a matrix in the model. */
public enum Role {
  TOKEN_EMBEDDING,
  OUTPUT,
  ATTN_Q,
  ATTN_K,
  /** Also a matrix that gives values together with queries or keys. */
  ATTN_V,
  ATTN_OUTPUT,
  FFN_GATE,
  FFN_UP,
  FFN_DOWN,
  OTHER;

  /** By the names that GGUF gives to tensors. */
  static Role of(String name) {
    if (name.equals("output.weight")) {
      return OUTPUT;
    }
    if (name.equals("token_embd.weight") || name.equals("per_layer_token_embd.weight")) {
      return TOKEN_EMBEDDING;
    }
    if (name.contains("attn_qkv.weight")
        || name.contains("attn_kv_b.weight")
        || name.contains("attn_v.weight")) {
      return ATTN_V;
    }
    if (name.contains("attn_k.weight")) {
      return ATTN_K;
    }
    if (name.contains("attn_q.weight")) {
      return ATTN_Q;
    }
    if (name.contains("attn_output.weight")) {
      return ATTN_OUTPUT;
    }
    if (name.contains("ffn_up")) {
      return FFN_UP;
    }
    if (name.contains("ffn_gate")) {
      return FFN_GATE;
    }
    return name.contains("ffn_down") ? FFN_DOWN : OTHER;
  }
}
