package dev.lamina.engine.reference;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Weights;
import dev.lamina.gguf.GgufTensor;
import java.util.stream.IntStream;

/**
 * The definitions of the operations, except {@linkplain ReferenceAttention attention} and those
 * that are {@linkplain ReferenceRows row programs}. Buffers are [rows, width], one row for each
 * token of the batch; results are rounded to float32 once, when they are stored.
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

  /** A row of a matrix as its format defines it, [columns]. */
  private static float[] row(GgufTensor matrix, int index) {
    int columns = Math.toIntExact(matrix.columns());
    float[] values = new float[columns];
    matrix.dequantize(matrix.type().bytes(columns) * index, columns, values, 0);
    return values;
  }
}
