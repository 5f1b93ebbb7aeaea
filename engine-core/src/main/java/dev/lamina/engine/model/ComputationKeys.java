package dev.lamina.engine.model;

import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.UnsupportedModelException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds hyperparameters that change what a model computes but that its architecture does not read.
 * Running such a file without them would give wrong results.
 */
final class ComputationKeys {
  /**
   * The effect of each key, by its name. A name that ends in a dot stands for all names that begin
   * with it.
   */
  private static final Map<String, String> CHANGING = new HashMap<>();

  /** Keys without influence on what a model computes from tokens. */
  private static final Set<String> HARMLESS =
      Set.of(
          "vocab_size",
          "tensor_data_layout",
          "attention.layer_norm_epsilon", // of other norms than these architectures have
          "attention.group_norm_epsilon",
          "rope.scaling.finetuned",
          // Read only if the kind of scaling and the user's options leave them an effect.
          "rope.scale_linear",
          "rope.scaling.factor",
          "rope.scaling.attn_factor",
          "rope.scaling.original_context_length",
          "rope.scaling.yarn_ext_factor",
          "rope.scaling.yarn_beta_fast",
          "rope.scaling.yarn_beta_slow",
          "expert_used_count", // there are no experts: expert_count is read
          "expert_feed_forward_length",
          "expert_shared_feed_forward_length",
          "expert_weights_scale",
          "expert_weights_norm",
          "expert_gating_func",
          "expert_group_count",
          "expert_group_used_count",
          "expert_group_scale",
          "experts_per_group",
          "interleave_moe_layer_step",
          "moe_every_n_layers",
          "leading_dense_block_count",
          "quantize.imatrix.file");

  static {
    add("logits", "logit_scale", "final_logit_softcapping");
    add("embeddings", "embedding_scale", "embedding_length_per_layer_input");
    add("residual stream", "residual_scale", "use_parallel_residual", "hyper_connection.");
    add(
        "attention",
        "attention.scale",
        "attention.output_scale",
        "attention.value_scale",
        "attention.clamp_kqv",
        "attention.max_alibi_bias",
        "attn_logit_softcapping",
        "attention.sliding_window",
        "attention.sliding_window_pattern",
        "attention.chunk_size",
        "attention.temperature_length",
        "attention.temperature_scale",
        "attention.relative_buckets_count",
        "attention.shared_kv_layers",
        "attention.recurrent_layers",
        "attention.q_lora_rank",
        "attention.kv_lora_rank",
        "attention.decay_lora_rank",
        "attention.gate_lora_rank",
        "attention.output_lora_rank",
        "attention.output_group_count",
        "attention.key_length_mla",
        "attention.value_length_mla",
        "attention.key_length_swa",
        "attention.value_length_swa",
        "attention.indexer.",
        "attention.compress_ratios",
        "full_attention_interval",
        "no_rope_layer_step");
    add(
        "positions",
        "rope.dimension_sections",
        "rope.dimension_count_swa",
        "rope.freq_base_swa",
        "rope.scaling.alpha",
        "rope.scaling.yarn_log_multiplier",
        "rope.scaling.yarn_attn_factor",
        "rope.no_rope_layer_interval");
    add(
        "feed-forward network",
        "swiglu_clamp_exp",
        "swiglu_clamp_shexp",
        "hidden_activation",
        "expert_shared_count",
        "expert_chunk_feed_forward_length",
        "moe_latent_size",
        "router_logit_softcapping");
    add("norms", "swin_norm", "norm_before_residual", "attention.group_norm_groups");
    add("layers", "nextn_predict_layers", "n_deepstack_layers", "decoder_block_count");
    add("layers", "rescale_every_n_layers", "token_shift_count", "hash_layer_count", "target_");
    add("layers", "ssm.", "wkv.", "kda.", "shortconv.", "time_mix_extra_dim");
    add("layers", "posnet.", "convnext.", "time_decay_extra_dim", "decoder_start_token_id");
    add(
        "output, which is no text: it is an embedding model or a reranker",
        "pooling_type",
        "classifier.",
        "dense_2_feat_in",
        "dense_2_feat_out",
        "dense_3_feat_in",
        "dense_3_feat_out",
        "embedding_length_out");
    add("attention: it is not causal, so the model does not write text", "attention.causal");
  }

  private ComputationKeys() {}

  private static void add(String what, String... names) {
    for (String name : names) {
      CHANGING.put(name, what);
    }
  }

  /** All names that change the computation, for tests. */
  static Set<String> names() {
    return new HashSet<>(CHANGING.keySet());
  }

  /**
   * Checks the keys that the architecture has not read, and warns of unknown ones.
   *
   * @throws UnsupportedModelException naming the first key that changes the computation
   */
  static void check(Hyperparameters keys, ModelConfig config) {
    for (String name : keys.names()) {
      if (keys.wasRead(name) || HARMLESS.contains(name)) {
        continue;
      }
      String what = what(name);
      Object value = keys.metadata().get(keys.key(name));
      if (what == null) {
        keys.metadata().warn(keys.key(name), "is unknown here and is not used");
      } else if (!isNeutral(name, value, keys, config)) {
        throw new UnsupportedModelException(
            keys.metadata().source()
                + ": metadata key "
                + keys.key(name)
                + " is "
                + (value instanceof MetadataArray array ? array.typeName() : value)
                + ", which changes the "
                + what
                + "; architecture "
                + config.architecture()
                + " does not have that here");
      }
    }
  }

  private static String what(String name) {
    String exact = CHANGING.get(name);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, String> entry : CHANGING.entrySet()) {
      String start = entry.getKey();
      if ((start.endsWith(".") || start.endsWith("_")) && name.startsWith(start)) {
        return entry.getValue();
      }
    }
    return null;
  }

  /** Whether the value leaves everything as it is without the key. */
  private static boolean isNeutral(
      String name, Object value, Hyperparameters keys, ModelConfig config) {
    if (isNothing(value)) {
      return !name.equals("attention.causal");
    }
    double number = value instanceof Number n ? n.doubleValue() : Double.NaN;
    return switch (name) {
      case "attention.causal" -> value.equals(true);
      case "logit_scale",
          "embedding_scale",
          "residual_scale",
          "attention.output_scale",
          "attention.value_scale",
          "rope.scaling.alpha",
          "rope.scaling.yarn_attn_factor" ->
          number == 1;
      case "attention.scale" -> Math.abs(number * Math.sqrt(config.headDim()) - 1) < 1e-4;
      case "attention.sliding_window" -> number >= config.contextLength();
      case "attention.sliding_window_pattern",
          "attention.key_length_swa",
          "attention.value_length_swa",
          "rope.dimension_count_swa",
          "rope.freq_base_swa" ->
          isNothing(keys.metadata().get(keys.key("attention.sliding_window")));
      case "embedding_length_out" -> number == config.hiddenSize();
      case "hidden_activation" -> value.equals("silu") || value.equals("swish");
      case "pooling_type" -> number < 0 || number == 0xFFFF_FFFFL;
      default -> false;
    };
  }

  private static boolean isNothing(Object value) {
    return switch (value) {
      case null -> true;
      case Number number -> number.doubleValue() == 0;
      case Boolean flag -> !flag;
      case String text -> text.isEmpty() || text.equals("none");
      case MetadataArray array -> isNothing(array.values());
      case Object _ -> false;
    };
  }

  private static boolean isNothing(List<?> values) {
    return values.stream().allMatch(ComputationKeys::isNothing);
  }
}
