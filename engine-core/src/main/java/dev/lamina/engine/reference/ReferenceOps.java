package dev.lamina.engine.reference;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RopeTable;
import dev.lamina.engine.model.Weights;
import dev.lamina.gguf.GgufTensor;
import java.util.stream.IntStream;

/**
 * The definitions of the operations, except {@linkplain ReferenceAttention attention}. Buffers are
 * [rows, width], one row for each token of the batch; results are rounded to float32 once, when
 * they are stored.
 */
final class ReferenceOps {
  private ReferenceOps() {}

  /** {@code out[t] = table[token[t]]}. */
  static void embed(Op.Embed op, Batch batch, int rows, float[] out) {
    int width = op.out().width();
    for (int t = 0; t < rows; t++) {
      System.arraycopy(row(op.table(), batch.token(t)), 0, out, t * width, width);
    }
  }

  /** The rows of {@code in} whose logits are wanted. */
  static void selectRows(Op.SelectRows op, Batch batch, int rows, float[] in, float[] out) {
    int width = op.out().width();
    for (int i = 0; i < rows; i++) {
      System.arraycopy(in, batch.wanted(i) * width, out, i * width, width);
    }
  }

  /** {@code out = in / sqrt(mean(in^2) + eps) * weight}, for each run of the weight's length. */
  static void rmsNorm(Op.RmsNorm op, int rows, float[] in, float[] out) {
    float[] weight = Weights.floats(op.weight());
    int n = weight.length;
    for (int at = 0; at < rows * op.in().width(); at += n) {
      double squares = 0;
      for (int i = 0; i < n; i++) {
        squares += (double) in[at + i] * in[at + i];
      }
      double divisor = Math.sqrt(squares / n + op.eps());
      for (int i = 0; i < n; i++) {
        out[at + i] = (float) (in[at + i] / divisor * weight[i]);
      }
    }
  }

  /**
   * {@code out[t][r] = sum over c of weight[r][c] * in[t][c], + bias[r]}.
   *
   * @param in [rows, columns of the weight]
   * @param out [rows, rows of the weight]
   */
  static void matMul(Op.MatMul op, int rows, float[] in, float[] out) {
    int nColumns = op.in().width();
    int nRows = op.out().width();
    float[] bias = op.bias() == null ? new float[nRows] : Weights.floats(op.bias());
    IntStream.range(0, nRows)
        .parallel()
        .forEach(r -> {
          float[] weight = row(op.weight(), r);
          for (int t = 0; t < rows; t++) {
            double sum = bias[r];
            for (int c = 0; c < nColumns; c++) {
              sum += (double) weight[c] * in[t * nColumns + c];
            }
            out[t * nRows + r] = (float) sum;
          }
        });
  }

  /**
   * Rotates the pairs {@code (a, b)} of each head by the angles of its token's position: {@code a'
   * = a cos - b sin, b' = a sin + b cos}. Elements from {@code nDims} on stay.
   *
   * @param in [rows, heads, headDim]
   * @param x likewise, the result
   */
  static void rope(Op.Rope op, Batch batch, int rows, float[] in, float[] x) {
    RopeTable table = new RopeTable(op.config());
    int nPairs = table.nPairs();
    boolean halves = op.config().pairing() == RopeConfig.Pairing.HALVES;
    float[] cos = new float[nPairs];
    float[] sin = new float[nPairs];
    int width = op.x().width();
    System.arraycopy(in, 0, x, 0, rows * width);
    for (int t = 0; t < rows; t++) {
      table.fill(batch.position(t), cos, sin, 0);
      for (int head = t * width; head < (t + 1) * width; head += op.headDim()) {
        for (int i = 0; i < nPairs; i++) {
          int first = head + (halves ? i : 2 * i);
          int second = first + (halves ? nPairs : 1);
          double a = x[first];
          double b = x[second];
          x[first] = (float) (a * cos[i] - b * sin[i]);
          x[second] = (float) (a * sin[i] + b * cos[i]);
        }
      }
    }
  }

  /** {@code out = silu(gate) * up}. */
  static void gatedSilu(Op.GatedSilu op, int rows, float[] gate, float[] up, float[] out) {
    for (int i = 0; i < rows * op.out().width(); i++) {
      out[i] = (float) (gate[i] / (1 + Math.exp(-gate[i])) * up[i]);
    }
  }

  /** {@code out = a + b}. */
  static void add(Op.Add op, int rows, float[] a, float[] b, float[] out) {
    for (int i = 0; i < rows * op.out().width(); i++) {
      out[i] = a[i] + b[i];
    }
  }

  /** {@code out = x * factor}. */
  static void scale(Op.Scale op, int rows, float[] x, float[] out) {
    for (int i = 0; i < rows * op.x().width(); i++) {
      out[i] = x[i] * op.factor();
    }
  }

  /** A row of a matrix as its format defines it, [columns]. */
  private static float[] row(GgufTensor matrix, int index) {
    int columns = Math.toIntExact(matrix.columns());
    float[] values = new float[columns];
    matrix.dequantize(matrix.type().bytes(columns) * index, columns, values, 0);
    return values;
  }
}
