package dev.lamina.engine.model.arch;

import dev.lamina.engine.model.Architecture;
import dev.lamina.engine.model.ConfigReader;
import dev.lamina.engine.model.LayerBuilder;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import java.util.List;

/** Qwen2 and Qwen2.5 (arXiv 2407.10671): biases on q, k and v. */
public final class Qwen2 implements Architecture {
  @Override
  public String name() {
    return "qwen2";
  }

  @Override
  public ModelConfig config(ConfigReader reader) {
    return reader.read(RopeConfig.Pairing.HALVES);
  }

  @Override
  public List<Op> layer(LayerBuilder b) {
    return b.rmsNorm(b.hidden, b.norm, "attn_norm")
        .attentionInputs()
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
