package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.util.List;

/** Attention over a cache that grows by passes of different sizes. */
final class AttentionChecks {
  /**
   * Of the largest value: attention weights may be rounded to F16, or not, and an element that lies
   * between two codes may become either.
   */
  private static final double BOUND = 2e-3;

  /** Rows of the passes, so that some end within a tile and some lie behind several. */
  private static final int[] PASSES = {1, 70, 5, 300, 1, 2, 700, 1, 4};

  private static final int SEED = 12;

  private final Op.Attention op;
  private final SessionConfig config;
  private final int total;

  private AttentionChecks(Op.Attention op, TensorType keyType, TensorType valueType) {
    this.op = op;
    int rows = 0;
    int most = 0;
    for (int pass : PASSES) {
      rows += pass;
      most = Math.max(most, pass);
    }
    this.total = rows;
    this.config = new SessionConfig(rows, most, 1, keyType, valueType);
  }

  static CheckResult run(
      Backend backend, int nHeads, int nKvHeads, int headDim, TensorType keys, TensorType values) {
    Activation q = new Activation("q", nHeads * headDim);
    Activation k = new Activation("k", nKvHeads * headDim);
    Activation v = new Activation("v", nKvHeads * headDim);
    Activation out = new Activation("out", nHeads * headDim);
    float scale = (float) (1 / Math.sqrt(headDim));
    Op.Attention op = new Op.Attention(q, k, v, out, 0, nHeads, nKvHeads, headDim, scale);
    double error = new AttentionChecks(op, keys, values).error(backend);
    String subject =
        "%s/%s cache, %d/%d heads of %d".formatted(keys, values, nHeads, nKvHeads, headDim);
    return new CheckResult(subject, "attention", error, BOUND);
  }

  private double error(Backend backend) {
    try (Arena arena = Arena.ofShared();
        SegmentRun run = new SegmentRun(backend, List.of(op), config)) {
      RandomData data = new RandomData(arena, SEED);
      float[] q = data.gaussians(total * op.q().width());
      float[] k = data.gaussians(total * op.k().width());
      float[] v = data.gaussians(total * op.v().width());
      float[] cachedK = CacheRounding.asCached(k, config.keyType());
      float[] cachedV = CacheRounding.asCached(v, config.valueType());
      float[] cachedQ = q.clone();
      if (config.keyType() == TensorType.F16) {
        WeightChecks.roundToF16(cachedQ);
      }
      double worst = 0;
      int position = 0;
      for (int rows : PASSES) {
        float[] out =
            run.run(
                0,
                new int[rows],
                position,
                rows(q, position, rows, op.q()),
                rows(k, position, rows, op.k()),
                rows(v, position, rows, op.v()));
        // The first and the last row of a pass, at all heads.
        for (int row : rows == 1 ? new int[] {0} : new int[] {0, rows - 1}) {
          for (int head = 0; head < op.nHeads(); head++) {
            int at = (row * op.nHeads() + head) * op.headDim();
            double difference = compare(cachedQ, cachedK, cachedV, position + row, head, out, at);
            worst = WeightChecks.worst(worst, difference);
          }
        }
        position += rows;
      }
      return worst;
    }
  }

  private double compare(
      float[] q, float[] k, float[] v, int position, int head, float[] out, int outAt) {
    int dim = op.headDim();
    int kvWidth = op.k().width();
    int kvAt = head / (op.nHeads() / op.nKvHeads()) * dim;
    int qAt = (position * op.nHeads() + head) * dim;
    double[] weights = new double[position + 1];
    double sum = 0;
    for (int p = 0; p <= position; p++) {
      double score = 0;
      for (int d = 0; d < dim; d++) {
        score += (double) q[qAt + d] * k[p * kvWidth + kvAt + d];
      }
      weights[p] = Math.exp(score * op.scale());
      sum += weights[p];
    }
    double worst = 0;
    for (int d = 0; d < dim; d++) {
      double expected = 0;
      double largest = 0;
      for (int p = 0; p <= position; p++) {
        double value = v[p * kvWidth + kvAt + d];
        expected += weights[p] / sum * value;
        largest = Math.max(largest, Math.abs(value));
      }
      double difference = Math.abs(out[outAt + d] - expected);
      // Values that a cache of 8 bits rounded to 0 have no size to compare with.
      worst = WeightChecks.worst(worst, difference == 0 ? 0 : difference / largest);
    }
    return worst;
  }

  private static float[] rows(float[] values, int first, int n, Activation activation) {
    float[] rows = new float[n * activation.width()];
    System.arraycopy(values, first * activation.width(), rows, 0, rows.length);
    return rows;
  }
}
