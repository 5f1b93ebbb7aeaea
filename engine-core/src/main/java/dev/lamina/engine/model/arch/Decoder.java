package dev.lamina.engine.model.arch;

import dev.lamina.engine.model.Architecture;
import dev.lamina.engine.model.ConfigReader;
import dev.lamina.engine.model.GraphBuilder;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.Rows;

/**
 * The usual decoder: in each layer attention and a gated feed-forward network, each behind a norm
 * and added to the residual stream. Biases and scales of projections are used where the file has
 * them.
 *
 * @param pairing of RoPE
 * @param headNorms whether each query and key head is normalized before RoPE
 */
public record Decoder(String name, RopeConfig.Pairing pairing, boolean headNorms)
    implements Architecture {

  @Override
  public ModelConfig config(ConfigReader reader) {
    return reader.read(pairing);
  }

  @Override
  public void build(GraphBuilder g) {
    Rows x = g.embedding();
    for (int i = 0; i < g.config().nLayers(); i++) {
      g.beginLayer();
      Rows attended = attention(g, g.rmsNorm(x, "attn_norm"));
      if (i == g.config().nLayers() - 1) {
        attended = g.wanted(attended);
        x = g.wanted(x);
      }
      x = g.add(x, g.matMul(attended, "attn_output", g.config().hiddenSize()));
      x = g.add(x, feedForward(g, g.rmsNorm(x, "ffn_norm")));
    }
    g.beginHead();
    g.logits(g.rmsNorm(x, "output_norm"));
  }

  private Rows attention(GraphBuilder g, Rows x) {
    GraphBuilder.Heads heads = g.heads(x);
    Rows q = heads.q();
    Rows k = heads.k();
    if (headNorms) {
      q = g.headNorm(q, "attn_q_norm");
      k = g.headNorm(k, "attn_k_norm");
    }
    return g.attention(g.rope(q), g.rope(k), heads.v());
  }

  /** {@code down(silu(gate(x)) * up(x))}. */
  private static Rows feedForward(GraphBuilder g, Rows x) {
    Rows gate = g.matMul(x, "ffn_gate", g.config().ffnSize());
    Rows up = g.matMul(x, "ffn_up", g.config().ffnSize());
    return g.matMul(g.gatedSilu(gate, up), "ffn_down", g.config().hiddenSize());
  }
}
