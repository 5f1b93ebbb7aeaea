package dev.lamina.engine.model;

import dev.lamina.engine.memory.Group;
import dev.lamina.engine.rows.RowPrograms;
import dev.lamina.gguf.GgufTensor;
import java.util.List;

/**
 * One operation of a model, over {@linkplain Rows values}. A list of operations defines what a
 * layer computes; a backend decides how. Weight matrices are [rows, columns], columns contiguous.
 */
public sealed interface Op {

  /** Values that the operation reads. */
  List<Rows> reads();

  /** The value that the operation writes. */
  Rows out();

  /**
   * Whether the result may take the place of a value that it reads, with the same width and rows.
   */
  default boolean worksInPlace() {
    return false;
  }

  /** What the operation keeps of a sequence between passes; null for nothing. */
  default Group group() {
    return null;
  }

  /** Whether the operation reads tokens, positions, wanted rows or pages of a batch. */
  default boolean readsBatch() {
    return group() != null;
  }

  /** Tensors of the file that the operation uses. The first one decides the operation's device. */
  default List<GgufTensor> weights() {
    return List.of();
  }

  /** The row programs that are the operation, in order; empty if it is something else. */
  default List<RowCall> rowCalls() {
    return List.of();
  }

  /** {@code out[t] = table[token[t]]}. */
  record Embed(GgufTensor table, Rows out) implements Op {
    @Override
    public boolean readsBatch() {
      return true;
    }

    @Override
    public List<Rows> reads() {
      return List.of();
    }

    @Override
    public List<GgufTensor> weights() {
      return List.of(table);
    }
  }

  /** The rows of the tokens whose logits are wanted. */
  record SelectRows(Rows in, Rows out) implements Op {
    @Override
    public boolean readsBatch() {
      return true;
    }

    @Override
    public List<Rows> reads() {
      return List.of(in);
    }
  }

  /**
   * {@code out = in / sqrt(mean(in^2) + eps) * weight}. If the weight is shorter than the row, each
   * run of its length (a head) is normalized by itself.
   */
  record RmsNorm(Rows in, Rows out, GgufTensor weight, float eps) implements Op {
    @Override
    public List<Rows> reads() {
      return List.of(in);
    }

    @Override
    public List<GgufTensor> weights() {
      return List.of(weight);
    }

    @Override
    public boolean worksInPlace() {
      return true;
    }

    @Override
    public List<RowCall> rowCalls() {
      int n = Math.toIntExact(weight.columns());
      List<RowCall.Operand> operands =
          List.of(
              new RowCall.Value(in, 0, n),
              new RowCall.Weight(weight, 0),
              new RowCall.Value(out, 0, n));
      return List.of(new RowCall(RowPrograms.RMS_NORM, n, in.width() / n, operands, eps));
    }
  }

  /**
   * {@code out = weight * in + bias}.
   *
   * @param weight [out.width, in.width]
   * @param bias [out.width], or null
   */
  record MatMul(Rows in, Rows out, GgufTensor weight, GgufTensor bias) implements Op {
    @Override
    public List<Rows> reads() {
      return List.of(in);
    }

    @Override
    public List<GgufTensor> weights() {
      return bias == null ? List.of(weight) : List.of(weight, bias);
    }
  }

  /** {@code out = x} with each head rotated by its token's position. */
  record Rope(Rows x, Rows out, int headDim, RopeConfig config) implements Op {
    @Override
    public boolean readsBatch() {
      return true;
    }

    @Override
    public List<Rows> reads() {
      return List.of(x);
    }

    @Override
    public boolean worksInPlace() {
      return true;
    }

    @Override
    public List<RowCall> rowCalls() {
      return RopeCalls.of(this);
    }
  }

  /**
   * Appends {@code k} and {@code v} to the operation's cache, then causal attention over the cached
   * positions: {@code out = softmax(q k^T * scale) v} per head; query heads share key-value heads
   * in equal groups.
   *
   * @param group which positions are seen
   * @param q [nHeads, headDim]
   * @param k [nKvHeads, headDim]
   * @param v [nKvHeads, headDim]
   * @param out [nHeads, headDim]
   */
  record Attention(
      Rows q,
      Rows k,
      Rows v,
      Rows out,
      Group group,
      int nHeads,
      int nKvHeads,
      int headDim,
      float scale)
      implements Op {
    @Override
    public List<Rows> reads() {
      return List.of(q, k, v);
    }
  }

  /**
   * The simplest operation with a state: {@code state = decay * state + in; out = state}, from a
   * state of zeros on. No architecture uses it; it proves what those with recurrent layers need.
   */
  record DecayingSum(Rows in, Rows out, float decay) implements Op {
    @Override
    public List<Rows> reads() {
      return List.of(in);
    }

    @Override
    public Group group() {
      return Group.RECURRENT;
    }
  }

  /** {@code out = silu(gate) * up}, with {@code silu(x) = x / (1 + e^-x)}. */
  record GatedSilu(Rows gate, Rows up, Rows out) implements Op {
    @Override
    public List<Rows> reads() {
      return List.of(gate, up);
    }

    @Override
    public boolean worksInPlace() {
      return true;
    }

    @Override
    public List<RowCall> rowCalls() {
      return List.of(RowCall.whole(RowPrograms.GATED_SILU, List.of(gate, up, out)));
    }
  }

  /** {@code out = a + b}. */
  record Add(Rows a, Rows b, Rows out) implements Op {
    @Override
    public List<Rows> reads() {
      return List.of(a, b);
    }

    @Override
    public boolean worksInPlace() {
      return true;
    }

    @Override
    public List<RowCall> rowCalls() {
      return List.of(RowCall.whole(RowPrograms.ADD, List.of(a, b, out)));
    }
  }

  /** {@code out = x * factor}. */
  record Scale(Rows x, Rows out, float factor) implements Op {
    @Override
    public List<Rows> reads() {
      return List.of(x);
    }

    @Override
    public boolean worksInPlace() {
      return true;
    }

    @Override
    public List<RowCall> rowCalls() {
      return List.of(RowCall.whole(RowPrograms.SCALE, List.of(x, out), factor));
    }
  }
}
