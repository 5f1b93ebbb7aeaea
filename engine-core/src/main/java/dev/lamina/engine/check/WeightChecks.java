package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import dev.lamina.engine.model.Weights;
import dev.lamina.engine.reference.ReferenceBackend;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Checks products with weights of a type and the look-up of rows. */
final class WeightChecks {
  /** Numbers of tokens to multiply with. */
  static final int[] TOKENS = {1, 2, 7, 32, 200};

  /** Scales of the tokens; all are exact in F16, too. */
  private static final float[] MAGNITUDES = {1, 0, 256, 1f / 16};

  /**
   * Largest accepted error, relative to the sum of |w x|. It covers sums of a thousand float32
   * values in any order.
   */
  private static final double PRODUCT_BOUND = 4e-6;

  /** Largest accepted error, relative to the value: one rounding. */
  private static final double ROW_BOUND = 1.2e-7;

  private static final int ROWS = 37;
  private static final int MANY_ROWS = 131;
  private static final int SEED = 11;

  private WeightChecks() {}

  static boolean copies(Backend backend, TensorType type) {
    try (Arena arena = Arena.ofConfined()) {
      GgufTensor w = new RandomData(arena, SEED).matrix("w", type, 1, 256);
      Op op = new Op.MatMul(new Rows("x", 256), new Rows("y", 1), w, null);
      return backend.plan(SegmentRun.segments(List.of(op)), RuntimeConfig.of(1, 1)).weights() > 0;
    }
  }

  static List<CheckResult> run(Backend backend, TensorType type) {
    // Rows that end within a kernel's step, and that are one block long.
    int columns =
        type.blockSize() == 1 ? 801 : Math.ceilDiv(800, type.blockSize()) * type.blockSize();
    int few = type.blockSize() == 1 ? 3 : type.blockSize();
    try (Arena arena = Arena.ofShared()) {
      RandomData data = new RandomData(arena, SEED);
      Rows x = new Rows("x", columns);
      Rows y = new Rows("y", ROWS);
      Rows shortX = new Rows("short x", few);
      Rows longY = new Rows("long y", MANY_ROWS);
      GgufTensor w = data.matrix("w", type, ROWS, columns);
      Op.MatMul biased = new Op.MatMul(x, y, w, data.vector("bias", ROWS));
      Op.MatMul plain =
          new Op.MatMul(shortX, longY, data.matrix("short w", type, MANY_ROWS, few), null);
      Op.Embed embed = new Op.Embed(w, x);
      List<CheckResult> results = new ArrayList<>();
      RuntimeConfig config = RuntimeConfig.of(256, TOKENS[TOKENS.length - 1]);
      List<Op> ops = List.of(embed, biased, plain);
      try (SegmentRun run = new SegmentRun(backend, ops, config);
          SegmentRun reference = new SegmentRun(new ReferenceBackend(), ops, config)) {
        for (int n : TOKENS) {
          double error =
              worst(
                  product(run, reference, 1, biased, n, data),
                  product(run, reference, 2, plain, n, data));
          results.add(
              new CheckResult(
                  type.name(), n == 1 ? "1 token" : n + " tokens", error, PRODUCT_BOUND));
        }
        results.addFirst(
            new CheckResult(type.name(), "rows", rows(run, reference, data), ROW_BOUND));
      }
      return results;
    }
  }

  private static double rows(SegmentRun run, SegmentRun reference, RandomData data) {
    int[] tokens = new int[19];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = i == 0 ? ROWS - 1 : data.below(ROWS);
    }
    float[] expected = reference.run(0, tokens, 0);
    float[] actual = run.run(0, tokens, 0);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs(actual[i] - expected[i]);
      worst = worst(worst, difference == 0 ? 0 : difference / Math.abs(expected[i]));
    }
    return worst;
  }

  private static double product(
      SegmentRun run, SegmentRun reference, int index, Op.MatMul op, int n, RandomData data) {
    float[] x = data.eightBits(n * op.in().width());
    for (int i = 0; i < x.length; i++) {
      x[i] *= MAGNITUDES[i / op.in().width() % MAGNITUDES.length];
    }
    float[] expected = reference.run(index, new int[n], 0, x);
    float[] actual = run.run(index, new int[n], 0, x);
    double[] magnitudes = magnitudes(op, x, n);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs(actual[i] - expected[i]);
      worst = worst(worst, difference == 0 ? 0 : difference / magnitudes[i]);
    }
    return worst;
  }

  /** The sums of |w x| and |bias|, [tokens, rows]. */
  private static double[] magnitudes(Op.MatMul op, float[] x, int n) {
    int nRows = op.out().width();
    int columns = op.in().width();
    float[] bias = op.bias() == null ? new float[nRows] : Weights.floats(op.bias());
    float[] w = new float[columns];
    double[] sums = new double[n * nRows];
    for (int r = 0; r < nRows; r++) {
      op.weight().dequantize(op.weight().type().bytes(columns) * r, columns, w, 0);
      for (int t = 0; t < n; t++) {
        double sum = Math.abs(bias[r]);
        for (int i = 0; i < columns; i++) {
          sum += Math.abs((double) w[i] * x[t * columns + i]);
        }
        sums[t * nRows + r] = sum;
      }
    }
    return sums;
  }

  /** The larger of two errors; NaN if one of them is NaN. */
  static double worst(double a, double b) {
    return Double.isNaN(a) || b <= a ? a : b;
  }
}
