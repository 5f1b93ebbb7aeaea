package dev.lamina.quantize;

import dev.lamina.gguf.GgufTensor;
import java.util.List;

/**
 * Decides which tensors are quantized, as llama.cpp does: matrices, except small and sensitive
 * ones.
 */
final class Quantizable {
  /** Parts of the names of matrices that stay as they are. */
  private static final List<String> KEPT =
      List.of(
          "_norm.weight",
          // choice of experts
          "ffn_gate_inp.weight",
          "ffn_gate_tid2eid.weight",
          // small ones of Gemma 3n
          "altup",
          "laurel",
          "per_layer_model_proj",
          // convolutions
          "ssm_conv1d",
          "shortconv.conv.weight",
          "indexer.k_proj.weight",
          "indexer.q_proj.weight",
          // RWKV
          "time_mix_first.weight",
          "time_mix_w0.weight",
          "time_mix_w1.weight",
          "time_mix_w2.weight",
          "time_mix_v0.weight",
          "time_mix_v1.weight",
          "time_mix_v2.weight",
          "time_mix_a0.weight",
          "time_mix_a1.weight",
          "time_mix_a2.weight",
          "time_mix_g1.weight",
          "time_mix_g2.weight",
          "time_mix_decay_w1.weight",
          "time_mix_decay_w2.weight",
          "time_mix_lerp_fused.weight",
          // positions
          "attn_rel_b.weight",
          ".position_embd",
          "sam.pos_embd",
          ".rel_pos",
          // images and sound
          "sam.neck.",
          "sam.net_",
          ".patch_embd",
          ".patch_merger",
          "a.rvq.codebook",
          "mm.a.code_embd");

  private static final List<String> KEPT_NAMES =
      List.of("position_embd.weight", "token_types.weight");

  private Quantizable() {}

  static boolean is(GgufTensor tensor) {
    String name = tensor.name();
    return tensor.rows() > 1
        && name.endsWith("weight")
        && !KEPT_NAMES.contains(name)
        && KEPT.stream().noneMatch(name::contains);
  }
}
