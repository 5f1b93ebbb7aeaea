package dev.lamina.engine.model;

import dev.lamina.engine.memory.Group;
import dev.lamina.gguf.GgufTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the operations of a model in the order in which they run. Names of tensors are given
 * without {@code blk.N.} and {@code .weight}; shapes follow from the values and the model's sizes.
 */
public final class GraphBuilder {
  private static final String TABLE = "token_embd.weight";

  private final ModelConfig config;
  private final Weights weights;
  private final boolean allRows;
  private final List<Op> embedding = new ArrayList<>();
  private final List<List<Op>> layers = new ArrayList<>();
  private final List<Op> head = new ArrayList<>();
  private List<Op> ops = embedding;
  private String prefix = "";
  private Rows logits;

  /** Queries, keys and values. */
  public record Heads(Rows q, Rows k, Rows v) {}

  /**
   * @param allRows whether the layers evaluate all rows to the end, whichever are wanted
   */
  GraphBuilder(ModelConfig config, Weights weights, boolean allRows) {
    this.config = config;
    this.weights = weights;
    this.allRows = allRows;
  }

  public ModelConfig config() {
    return config;
  }

  /** The graph, when the architecture has written all of it. */
  ModelGraph graph() {
    if (logits == null) {
      throw new IllegalStateException(config.architecture() + " computes no logits");
    }
    return new ModelGraph(embedding, layers, head, logits);
  }

  /** What follows belongs to the next layer. */
  public void beginLayer() {
    prefix = "blk." + layers.size() + ".";
    ops = new ArrayList<>();
    layers.add(ops);
  }

  /** What follows belongs to the output head. */
  public void beginHead() {
    prefix = "";
    ops = head;
  }

  /** The embeddings of the tokens, [hiddenSize]. */
  public Rows embedding() {
    Rows out = new Rows("embedding", config.hiddenSize());
    ops.add(new Op.Embed(weights.matrix(TABLE, config.nVocab(), config.hiddenSize()), out));
    return out;
  }

  /** The rows whose logits are wanted, for what is left of the last layer. */
  public Rows wanted(Rows x) {
    return allRows ? x : select(x);
  }

  private Rows select(Rows x) {
    Rows out = new Rows(x.name() + " (wanted)", x.width(), RowSet.WANTED);
    ops.add(new Op.SelectRows(x, out));
    return out;
  }

  public Rows rmsNorm(Rows x, String name) {
    return norm(x, name, x.width());
  }

  /** Normalizes each head by itself. */
  public Rows headNorm(Rows x, String name) {
    return norm(x, name, config.headDim());
  }

  private Rows norm(Rows x, String name, int n) {
    Rows out = like(x, name);
    GgufTensor weight = weights.vector(tensor(name) + ".weight", n);
    ops.add(new Op.RmsNorm(x, out, weight, config.rmsNormEps()));
    return out;
  }

  /** A projection to {@code width}, with bias and scale if the file has them. */
  public Rows matMul(Rows x, String name, int width) {
    GgufTensor weight = weights.matrix(tensor(name) + ".weight", width, x.width());
    GgufTensor bias = weights.optionalVector(tensor(name) + ".bias", width);
    return product(x, name, weight, bias, weights.scale(tensor(name)));
  }

  /**
   * The projections to queries, keys and values, which the file may store as one matrix with the
   * rows of all three in this order.
   */
  public Heads heads(Rows x) {
    int nQ = config.qSize();
    int nKv = config.kvSize();
    String fused = tensor("attn_qkv");
    if (!weights.contains(fused + ".weight")) {
      return new Heads(matMul(x, "attn_q", nQ), matMul(x, "attn_k", nKv), matMul(x, "attn_v", nKv));
    }
    int rows = nQ + 2 * nKv;
    GgufTensor weight = weights.matrix(fused + ".weight", rows, x.width());
    GgufTensor bias = weights.optionalVector(fused + ".bias", rows);
    float scale = weights.scale(fused);
    return new Heads(
        part(x, "attn_q", weight, bias, 0, nQ, scale),
        part(x, "attn_k", weight, bias, nQ, nKv, scale),
        part(x, "attn_v", weight, bias, nQ + nKv, nKv, scale));
  }

  /** The product with some rows of a matrix. */
  private Rows part(
      Rows x, String name, GgufTensor matrix, GgufTensor biases, int from, int n, float scale) {
    GgufTensor weight = matrix.rows(tensor(name) + ".weight", from, n);
    GgufTensor bias = biases == null ? null : biases.elements(tensor(name) + ".bias", from, n);
    return product(x, name, weight, bias, scale);
  }

  /** {@code scale * (weight * x) + bias}. */
  private Rows product(Rows x, String name, GgufTensor weight, GgufTensor bias, float scale) {
    Rows out = new Rows(tensor(name), Math.toIntExact(weight.rows()), x.set());
    GgufTensor before = bias == null || scale == 1 ? bias : Biases.divided(bias, scale);
    ops.add(new Op.MatMul(x, out, weight, before));
    return scale == 1 ? out : scale(out, scale);
  }

  private Rows scale(Rows x, float factor) {
    Rows out = like(x, "scaled");
    ops.add(new Op.Scale(x, out, factor));
    return out;
  }

  public Rows rope(Rows x) {
    Rows out = like(x, "rope");
    ops.add(new Op.Rope(x, out, config.headDim(), config.rope()));
    return out;
  }

  /** Scaled dot-product attention of q over all keys and values so far, [nHeads * headDim]. */
  public Rows attention(Rows q, Rows k, Rows v) {
    Rows out = like(q, "attention");
    float scale = (float) (1 / Math.sqrt(config.headDim()));
    ops.add(
        new Op.Attention(
            q, k, v, out, Group.ALL, config.nHeads(), config.nKvHeads(), config.headDim(), scale));
    return out;
  }

  /** {@code silu(gate) * up}. */
  public Rows gatedSilu(Rows gate, Rows up) {
    Rows out = like(gate, "gated");
    ops.add(new Op.GatedSilu(gate, up, out));
    return out;
  }

  public Rows add(Rows a, Rows b) {
    Rows out = like(a, "sum");
    ops.add(new Op.Add(a, b, out));
    return out;
  }

  /** The product with the output matrix, or with the embeddings if the file has none. */
  public void logits(Rows result) {
    Rows x = result.set() == RowSet.WANTED ? result : select(result);
    String name = weights.contains("output.weight") ? "output.weight" : TABLE;
    logits =
        product(
            x,
            "output",
            weights.matrix(name, config.nVocab(), x.width()),
            weights.optionalVector("output.bias", config.nVocab()),
            weights.scale("output"));
  }

  private Rows like(Rows x, String name) {
    return new Rows(tensor(name), x.width(), x.set());
  }

  private String tensor(String name) {
    return prefix + name;
  }
}
