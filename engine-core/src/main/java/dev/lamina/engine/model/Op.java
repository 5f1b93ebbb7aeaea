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
  List<Activation> reads();

  /** Buffers that the operation overwrites, in all rows of the batch. */
  List<Activation> writes();

  /** Tensors of the file that the operation uses. The first one decides the operation's device. */
  default List<GgufTensor> weights() {
    return List.of();
  }

  /** {@code out[t] = table[token[t]]}. */
  record Embed(GgufTensor table, Activation out) implements Op {
    @Override
    public List<Activation> reads() {
      return List.of();
    }

    @Override
    public List<Activation> writes() {
      return List.of(out);
    }

    @Override
    public List<GgufTensor> weights() {
      return List.of(table);
    }
  }

  /**
   * {@code out = in / sqrt(mean(in^2) + eps) * weight}. If the weight is shorter than the buffer,
   * each run of its length (a head) is normalized by itself. {@code in} and {@code out} may be the
   * same.
   */
  record RmsNorm(Activation in, Activation out, GgufTensor weight, float eps) implements Op {
    @Override
    public List<Activation> reads() {
      return List.of(in);
    }

    @Override
    public List<Activation> writes() {
      return List.of(out);
    }

    @Override
    public List<GgufTensor> weights() {
      return List.of(weight);
    }
  }

  /**
   * {@code out = weight * in + bias}.
   *
   * @param weight [out.width, in.width]
   * @param bias [out.width], or null
   */
  record MatMul(Activation in, Activation out, GgufTensor weight, GgufTensor bias) implements Op {
    @Override
    public List<Activation> reads() {
      return List.of(in);
    }

    @Override
    public List<Activation> writes() {
      return List.of(out);
    }

    @Override
    public List<GgufTensor> weights() {
      return bias == null ? List.of(weight) : List.of(weight, bias);
    }
  }

  /** Rotates each head of {@code x} in place by its token's position. */
  record Rope(Activation x, int headDim, RopeConfig config) implements Op {
    @Override
    public List<Activation> reads() {
      return List.of(x);
    }

    @Override
    public List<Activation> writes() {
      return List.of(x);
    }
  }

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
      implements Op {
    @Override
    public List<Activation> reads() {
      return List.of(q, k, v);
    }

    @Override
    public List<Activation> writes() {
      return List.of(out);
    }
  }

  /** {@code out = silu(gate) * up}, with {@code silu(x) = x / (1 + e^-x)}. */
  record GatedSilu(Activation gate, Activation up, Activation out) implements Op {
    @Override
    public List<Activation> reads() {
      return List.of(gate, up);
    }

    @Override
    public List<Activation> writes() {
      return List.of(out);
    }
  }

  /** {@code out = a + b}; {@code out} may be one of them. */
  record Add(Activation a, Activation b, Activation out) implements Op {
    @Override
    public List<Activation> reads() {
      return List.of(a, b);
    }

    @Override
    public List<Activation> writes() {
      return List.of(out);
    }
  }

  /** {@code x = x * factor}, in place. */
  record Scale(Activation x, float factor) implements Op {
    @Override
    public List<Activation> reads() {
      return List.of(x);
    }

    @Override
    public List<Activation> writes() {
      return List.of(x);
    }
  }
}
