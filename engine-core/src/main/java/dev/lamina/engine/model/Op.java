package dev.lamina.engine.model;

import dev.lamina.gguf.GgufTensor;
import java.util.List;

/**
 * One operation of a model, over {@linkplain Activation named buffers}. A list of operations
 * defines what a layer computes; a backend decides how. Weight matrices are [rows, columns],
 * columns contiguous.
 */
public sealed interface Op {

  /** Buffers that the operation reads. */
  default List<Activation> reads() {
    return switch (this) {
      case Embed _ -> List.of();
      case RmsNorm norm -> List.of(norm.in);
      case MatMul product -> List.of(product.in);
      case Rope rope -> List.of(rope.x);
      case Attention a -> List.of(a.q, a.k, a.v);
      case GatedSilu gated -> List.of(gated.gate, gated.up);
      case Add add -> List.of(add.a, add.b);
      case Scale scale -> List.of(scale.x);
    };
  }

  /** Buffers that the operation overwrites, in all rows of the batch. */
  default List<Activation> writes() {
    return switch (this) {
      case Embed embed -> List.of(embed.out);
      case RmsNorm norm -> List.of(norm.out);
      case MatMul product -> List.of(product.out);
      case Rope rope -> List.of(rope.x);
      case Attention a -> List.of(a.out);
      case GatedSilu gated -> List.of(gated.out);
      case Add add -> List.of(add.out);
      case Scale scale -> List.of(scale.x);
    };
  }

  /** Tensors of the file that the operation uses. The first one decides the operation's device. */
  default List<GgufTensor> weights() {
    return switch (this) {
      case Embed embed -> List.of(embed.table);
      case RmsNorm norm -> List.of(norm.weight);
      case MatMul product ->
          product.bias == null ? List.of(product.weight) : List.of(product.weight, product.bias);
      case Rope _, Attention _, GatedSilu _, Add _, Scale _ -> List.of();
    };
  }

  /** {@code out[t] = table[token[t]]}. */
  record Embed(GgufTensor table, Activation out) implements Op {}

  /**
   * {@code out = in / sqrt(mean(in^2) + eps) * weight}. If the weight is shorter than the buffer,
   * each run of its length (a head) is normalized by itself. {@code in} and {@code out} may be the
   * same.
   */
  record RmsNorm(Activation in, Activation out, GgufTensor weight, float eps) implements Op {}

  /**
   * {@code out = weight * in + bias}.
   *
   * @param weight [out.width, in.width]
   * @param bias [out.width], or null
   */
  record MatMul(Activation in, Activation out, GgufTensor weight, GgufTensor bias) implements Op {}

  /** Rotates each head of {@code x} in place by its token's position. */
  record Rope(Activation x, int headDim, RopeConfig config) implements Op {}

  /**
   * Appends {@code k} and {@code v} to the cache of {@code layer}, then causal attention over all
   * cached positions: {@code out = softmax(q k^T * scale) v} per head; query heads share key-value
   * heads in equal groups.
   *
   * @param q [nHeads, headDim]
   * @param k [nKvHeads, headDim]
   * @param v [nKvHeads, headDim]
   * @param out [nHeads, headDim]
   */
  record Attention(
      Activation q,
      Activation k,
      Activation v,
      Activation out,
      int layer,
      int nHeads,
      int nKvHeads,
      int headDim,
      float scale)
      implements Op {}

  /** {@code out = silu(gate) * up}, with {@code silu(x) = x / (1 + e^-x)}. */
  record GatedSilu(Activation gate, Activation up, Activation out) implements Op {}

  /** {@code out = a + b}; {@code out} may be one of them. */
  record Add(Activation a, Activation b, Activation out) implements Op {}

  /** {@code x = x * factor}, in place. */
  record Scale(Activation x, float factor) implements Op {}
}
