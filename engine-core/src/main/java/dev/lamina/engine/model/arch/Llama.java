package dev.lamina.engine.model.arch;

import dev.lamina.engine.model.Architecture;
import dev.lamina.engine.model.ConfigReader;
import dev.lamina.engine.model.LayerBuilder;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import java.util.List;

/**
 * Llama 1 to 3 and models of that shape (arXiv 2302.13971, 2407.21783). Its files store q and k for
 * paired RoPE.
 */
public final class Llama implements Architecture {
  @Override
  public String name() {
    return "llama";
  }

  @Override
  public ModelConfig config(ConfigReader reader) {
    return reader.read(RopeConfig.Pairing.INTERLEAVED);
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
