package dev.lamina.engine.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** Describes, by name, tensors that no supported architecture has. */
final class TensorNames {
  /** Descriptions by a regular expression for the whole name. */
  private static final Map<String, String> KNOWN = new LinkedHashMap<>();

  static {
    KNOWN.put(
        "cls\\..*|classifier\\..*|score\\.weight|cls_.*",
        "is the head of a reranker or classifier: the model scores texts and writes none");
    KNOWN.put(
        "dense_\\d+\\..*|pooler\\..*",
        "is the head of an embedding model, which makes vectors of texts and writes none");
    KNOWN.put(".*\\.lora_[ab]", "belongs to a LoRA adapter, which is given beside its model");
    KNOWN.put("rope_factors_(long|short).*", "has factors of LongRoPE, which is not supported yet");
    KNOWN.put(
        ".*\\.(ffn_.*_exps|ffn_.*_shexp|ffn_gate_inp.*)\\..*",
        "belongs to experts, which are not supported yet");
    KNOWN.put(".*\\.attn_sinks.*", "has attention sinks, which are not supported yet");
    KNOWN.put(
        ".*\\.nextn\\..*",
        "belongs to layers that predict several tokens, which are not supported yet");
    KNOWN.put(
        "(v|mm|a)\\..*",
        "belongs to a projector for images or sound; the language model is another file");
    KNOWN.put(
        "(position_embd|token_types|token_embd_norm)\\..*",
        "changes the embeddings, which the architecture does not do");
  }

  private TensorNames() {}

  /** The end of a sentence that begins with the tensor. */
  static String about(String name, String architecture) {
    for (Map.Entry<String, String> entry : KNOWN.entrySet()) {
      if (name.matches(entry.getKey())) {
        return entry.getValue();
      }
    }
    return "has no place in architecture "
        + architecture
        + " as it is known here; a newer version may know it";
  }
}
