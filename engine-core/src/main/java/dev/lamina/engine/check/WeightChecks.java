package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Weights;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Products with weights of a type and the look-up of its rows. */
final class WeightChecks {
  /** Tokens of the products. */
  static final int[] TOKENS = {1, 2, 7, 32, 200};

  /** Of the sum of |w x|: sums of a thousand float32 values in any order. */
  private static final double PRODUCT_BOUND = 4e-6;

  /** Of the value: one rounding. */
  private static final double ROW_BOUND = 1.2e-7;

  private static final int ROWS = 37;
  private static final int MANY_ROWS = 131;
  private static final int SEED = 11;

  private WeightChecks() {}

  static boolean copies(Backend backend, TensorType type) {
    try (Arena arena = Arena.ofConfined()) {
      GgufTensor w = new RandomData(arena, SEED).matrix("w", type, 1, 256);
      Op op = new Op.MatMul(new Activation("x", 256), new Activation("y", 1), w, null);
      return backend.plan(SegmentRun.segments(List.of(op)), SessionConfig.of(1, 1)).weights() > 0;
    }
  }

  static List<CheckResult> run(Backend backend, TensorType type) {
    // Rows that end within a kernel's step, and that are one block long.
    int columns =
        type.blockSize() == 1 ? 801 : Math.ceilDiv(800, type.blockSize()) * type.blockSize();
    int few = type.blockSize() == 1 ? 3 : type.blockSize();
    try (Arena arena = Arena.ofShared()) {
      RandomData data = new RandomData(arena, SEED);
      Activation x = new Activation("x", columns);
      Activation y = new Activation("y", ROWS);
      Activation shortX = new Activation("short x", few);
      Activation longY = new Activation("long y", MANY_ROWS);
      GgufTensor w = data.matrix("w", type, ROWS, columns);
      Op.MatMul biased = new Op.MatMul(x, y, w, data.vector("bias", ROWS));
      Op.MatMul plain =
          new Op.MatMul(shortX, longY, data.matrix("short w", type, MANY_ROWS, few), null);
      Op.Embed embed = new Op.Embed(w, x);
      List<CheckResult> results = new ArrayList<>();
      SessionConfig config = SessionConfig.of(256, TOKENS[TOKENS.length - 1]);
      try (SegmentRun run = new SegmentRun(backend, List.of(embed, biased, plain), config)) {
        for (int n : TOKENS) {
          double error =
              Math.max(product(run, 1, biased, n, data), product(run, 2, plain, n, data));
          results.add(
              new CheckResult(
                  type.name(), n == 1 ? "1 token" : n + " tokens", error, PRODUCT_BOUND));
        }
        results.addFirst(new CheckResult(type.name(), "rows", rows(run, embed, data), ROW_BOUND));
      }
      return results;
    }
  }

  private static double rows(SegmentRun run, Op.Embed op, RandomData data) {
    int[] tokens = new int[19];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = i == 0 ? ROWS - 1 : data.below(ROWS);
    }
    float[] y = run.run(0, tokens, 0);
    double worst = 0;
    for (int t = 0; t < tokens.length; t++) {
      float[] row = row(op.table(), tokens[t]);
      for (int i = 0; i < row.length; i++) {
        double difference = Math.abs(y[t * row.length + i] - row[i]);
        worst = worst(worst, difference == 0 ? 0 : difference / Math.abs(row[i]));
      }
    }
    return worst;
  }

  private static double product(SegmentRun run, int index, Op.MatMul op, int n, RandomData data) {
    int columns = op.in().width();
    float[] x = data.eightBits(n * columns);
    float[] y = run.run(index, new int[n], 0, x.clone());
    if (op.weight().type() == TensorType.F16) {
      roundToF16(x);
    }
    float[] bias = op.bias() == null ? null : Weights.floats(op.bias());
    double worst = 0;
    int nRows = op.out().width();
    for (int r = 0; r < nRows; r++) {
      float[] w = row(op.weight(), r);
      for (int t = 0; t < n; t++) {
        double sum = bias == null ? 0 : bias[r];
        double magnitude = Math.abs(sum);
        for (int i = 0; i < columns; i++) {
          double term = (double) w[i] * x[t * columns + i];
          sum += term;
          magnitude += Math.abs(term);
        }
        double difference = Math.abs(y[t * nRows + r] - sum);
        worst = worst(worst, difference == 0 ? 0 : difference / magnitude);
      }
    }
    return worst;
  }

  static void roundToF16(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.float16ToFloat(Float.floatToFloat16(x[i]));
    }
  }

  /** The larger one, and NaN for ever. */
  static double worst(double a, double b) {
    return Double.isNaN(a) || b <= a ? a : b;
  }

  private static float[] row(GgufTensor matrix, int index) {
    int columns = Math.toIntExact(matrix.columns());
    float[] values = new float[columns];
    long offset = matrix.type().bytes(columns) * index;
    matrix.type().format().dequantize(matrix.data(), offset, columns, values, 0);
    return values;
  }
}
