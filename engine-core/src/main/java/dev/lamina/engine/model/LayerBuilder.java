package dev.lamina.engine.model;

import dev.lamina.gguf.GgufTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the operations of one layer. Tensor names are given without their {@code blk.N.} prefix
 * and suffix; shapes follow from the buffers.
 */
public final class LayerBuilder {
  private final ModelConfig config;
  private final Weights weights;
  private final int index;
  private final List<Op> ops = new ArrayList<>();

  /** The residual stream, [hiddenSize]. */
  public final Activation hidden;

  /** A normalized copy of the residual stream, [hiddenSize]. */
  public final Activation norm;

  /** Queries, [nHeads * headDim]. */
  public final Activation q;

  /** Keys, [nKvHeads * headDim]. */
  public final Activation k;

  /** Values, [nKvHeads * headDim]. */
  public final Activation v;

  /** Output of the attention heads, [nHeads * headDim]. */
  public final Activation attended;

  /** Gate of the feed-forward network, [ffnSize]. */
  public final Activation gate;

  /** Up-projection of the feed-forward network, [ffnSize]. */
  public final Activation up;

  /** Output of a sub-layer, to be added to the residual stream, [hiddenSize]. */
  public final Activation delta;

  LayerBuilder(ModelConfig config, Weights weights, Activation hidden, int index) {
    this.config = config;
    this.weights = weights;
    this.index = index;
    this.hidden = hidden;
    norm = new Activation("norm", config.hiddenSize());
    q = new Activation("q", config.qSize());
    k = new Activation("k", config.kvSize());
    v = new Activation("v", config.kvSize());
    attended = new Activation("attended", config.qSize());
    gate = new Activation("gate", config.ffnSize());
    up = new Activation("up", config.ffnSize());
    delta = new Activation("delta", config.hiddenSize());
  }

  public LayerBuilder rmsNorm(Activation in, Activation out, String name) {
    GgufTensor weight = weights.vector(tensor(name, "weight"), in.width());
    ops.add(new Op.RmsNorm(in, out, weight, config.rmsNormEps()));
    return this;
  }

  /** Normalizes each head of x by itself, in place. */
  public LayerBuilder headNorm(Activation x, String name) {
    GgufTensor weight = weights.vector(tensor(name, "weight"), config.headDim());
    ops.add(new Op.RmsNorm(x, x, weight, config.rmsNormEps()));
    return this;
  }

  /** A projection, with bias and scale if the file has them. */
  public LayerBuilder matMul(Activation in, Activation out, String name) {
    GgufTensor weight = weights.matrix(tensor(name, "weight"), out.width(), in.width());
    GgufTensor bias = weights.optionalVector(tensor(name, "bias"), out.width());
    return product(in, out, weight, bias, weights.scale(tensor(name)));
  }

  /**
   * The projections to q, k and v, which the file may store as one matrix with the rows of q, k and
   * v in this order.
   */
  public LayerBuilder attentionInputs() {
    if (!weights.contains(tensor("attn_qkv", "weight"))) {
      return matMul(norm, q, "attn_q").matMul(norm, k, "attn_k").matMul(norm, v, "attn_v");
    }
    int rows = q.width() + k.width() + v.width();
    GgufTensor weight = weights.matrix(tensor("attn_qkv", "weight"), rows, norm.width());
    GgufTensor bias = weights.optionalVector(tensor("attn_qkv", "bias"), rows);
    float scale = weights.scale(tensor("attn_qkv"));
    int from = 0;
    for (Activation out : List.of(q, k, v)) {
      String name = "attn_" + out.name();
      product(
          norm,
          out,
          weight.rows(tensor(name, "weight"), from, out.width()),
          bias == null ? null : bias.elements(tensor(name, "bias"), from, out.width()),
          scale);
      from += out.width();
    }
    return this;
  }

  private LayerBuilder product(
      Activation in, Activation out, GgufTensor weight, GgufTensor bias, float scale) {
    ops.addAll(Product.of(in, out, weight, bias, scale));
    return this;
  }

  public LayerBuilder rope(Activation x) {
    ops.add(new Op.Rope(x, config.headDim(), config.rope()));
    return this;
  }

  /** Scaled dot-product attention of q over the cached k and v. */
  public LayerBuilder attention() {
    float scale = (float) (1 / Math.sqrt(config.headDim()));
    ops.add(
        new Op.Attention(
            q, k, v, attended, index, config.nHeads(), config.nKvHeads(), config.headDim(), scale));
    return this;
  }

  /** {@code delta = down(silu(gate(norm)) * up(norm))}. */
  public LayerBuilder gatedFeedForward() {
    matMul(norm, gate, "ffn_gate");
    matMul(norm, up, "ffn_up");
    ops.add(new Op.GatedSilu(gate, up, gate));
    return matMul(gate, delta, "ffn_down");
  }

  /** {@code hidden += delta}. */
  public LayerBuilder addResidual() {
    ops.add(new Op.Add(hidden, delta, hidden));
    return this;
  }

  public List<Op> ops() {
    return List.copyOf(ops);
  }

  private String tensor(String name, String kind) {
    return tensor(name) + "." + kind;
  }

  private String tensor(String name) {
    return "blk." + index + "." + name;
  }
}
