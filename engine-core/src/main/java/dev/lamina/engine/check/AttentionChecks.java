package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import dev.lamina.engine.reference.ReferenceAttention;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.util.List;

/** Attention over a cache that grows by passes of different sizes. */
final class AttentionChecks {
  /**
   * Largest accepted error, relative to the largest value. Backends may round attention weights to
   * F16, and an element between two codes may be rounded to either.
   */
  private static final double BOUND = 2e-3;

  /** The bound for backends that round nothing to less than float32. */
  private static final double FLOAT_BOUND = 1e-5;

  /** Scale of the queries that look for a key, relative to the key. */
  private static final float SHARP = 100;

  /** Rows of the passes. Some passes end within a tile, and some begin after several tiles. */
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
    Rows q = new Rows("q", nHeads * headDim);
    Rows k = new Rows("k", nKvHeads * headDim);
    Rows v = new Rows("v", nKvHeads * headDim);
    Rows out = new Rows("out", nHeads * headDim);
    float scale = (float) (1 / Math.sqrt(headDim));
    Op.Attention op = new Op.Attention(q, k, v, out, 0, nHeads, nKvHeads, headDim, scale);
    double error = new AttentionChecks(op, keys, values).error(backend);
    String subject =
        "%s/%s cache, %d/%d heads of %d".formatted(keys, values, nHeads, nKvHeads, headDim);
    boolean exact = keys == TensorType.F32 && values == TensorType.F32;
    return new CheckResult(subject, "attention", error, exact ? FLOAT_BOUND : BOUND);
  }

  private double error(Backend backend) {
    try (Arena arena = Arena.ofShared();
        SegmentRun run = new SegmentRun(backend, List.of(op), config)) {
      RandomData data = new RandomData(arena, SEED);
      float[] q = data.gaussians(total * op.q().width());
      float[] k = data.gaussians(total * op.k().width());
      float[] v = data.gaussians(total * op.v().width());
      setExtremes(q, k, data);
      ReferenceAttention reference = new ReferenceAttention(op, config);
      float[] largest = new float[op.v().width()];
      double worst = 0;
      int position = 0;
      for (int rows : PASSES) {
        float[] passQ = rows(q, position, rows, op.q());
        float[] passK = rows(k, position, rows, op.k());
        float[] passV = rows(v, position, rows, op.v());
        float[] actual = run.run(0, new int[rows], position, passQ, passK, passV);
        reference.store(position, rows, passK, passV);
        float[] expected = new float[actual.length];
        // The first and the last row of a pass, at all heads.
        for (int row : rows == 1 ? new int[] {0} : new int[] {0, rows - 1}) {
          reference.attend(position + row, passQ, row, expected);
          raise(largest, reference, row == 0 ? position : position + 1, position + row);
          worst = WeightChecks.worst(worst, compare(expected, actual, row, largest));
        }
        position += rows;
      }
      return worst;
    }
  }

  /**
   * Changes two of every three rows of queries. One becomes 0, so all positions have the same
   * weight. One becomes a large multiple of the key of an earlier position: only that position has
   * any weight, and the scores would overflow the exponential function.
   */
  private void setExtremes(float[] q, float[] k, RandomData data) {
    for (int row = 0; row < total; row++) {
      int at = row * op.q().width();
      int key = data.below(row + 1) * op.k().width();
      for (int i = 0; i < op.q().width() && row % 3 != 0; i++) {
        int kvHead = i / op.headDim() / (op.nHeads() / op.nKvHeads());
        float element = k[key + kvHead * op.headDim() + i % op.headDim()];
        q[at + i] = row % 3 == 1 ? SHARP * element : 0;
      }
    }
  }

  /** Updates the largest magnitude so far of each element of the values. */
  private static void raise(float[] largest, ReferenceAttention reference, int from, int last) {
    for (int position = from; position <= last; position++) {
      float[] values = reference.cachedValues(position);
      for (int i = 0; i < largest.length; i++) {
        largest[i] = Math.max(largest[i], Math.abs(values[i]));
      }
    }
  }

  private double compare(float[] expected, float[] actual, int row, float[] largest) {
    double worst = 0;
    for (int i = 0; i < op.out().width(); i++) {
      int at = row * op.out().width() + i;
      double difference = Math.abs(expected[at] - actual[at]);
      int kvHead = i / op.headDim() / (op.nHeads() / op.nKvHeads());
      // Values that an 8-bit cache rounded to 0 give no magnitude to compare with.
      double size = largest[kvHead * op.headDim() + i % op.headDim()];
      worst = WeightChecks.worst(worst, difference == 0 ? 0 : difference / size);
    }
    return worst;
  }

  private static float[] rows(float[] values, int first, int n, Rows activation) {
    float[] rows = new float[n * activation.width()];
    System.arraycopy(values, first * activation.width(), rows, 0, rows.length);
    return rows;
  }
}
