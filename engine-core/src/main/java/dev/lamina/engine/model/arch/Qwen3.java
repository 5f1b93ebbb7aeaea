package dev.lamina.engine.model.arch;

import dev.lamina.engine.model.Architecture;
import dev.lamina.engine.model.ConfigReader;
import dev.lamina.engine.model.LayerBuilder;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import java.util.List;

/** Qwen3 dense models (arXiv 2505.09388): each query and key head is normalized before RoPE. */
public final class Qwen3 implements Architecture {
  @Override
  public String name() {
    return "qwen3";
  }

  @Override
  public ModelConfig config(ConfigReader reader) {
    return reader.read(RopeConfig.Pairing.HALVES);
  }

  @Override
  public List<Op> layer(LayerBuilder b) {
    return b.rmsNorm(b.hidden, b.norm, "attn_norm")
        .attentionInputs()
        .headNorm(b.q, "attn_q_norm")
        .headNorm(b.k, "attn_k_norm")
        .rope(b.q)
        .rope(b.k)
        .attention()
        .matMul(b.attended, b.delta, "attn_output")
        .addResidual()
        .rmsNorm(b.hidden, b.norm, "ffn_norm")
        .gatedFeedForward()
        .addResidual()
        .ops();
  }
}
