package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import dev.lamina.engine.reference.ReferenceAttention;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Function;

/** Attention of two sequences over a cache that grows by passes of different sizes. */
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
  private final RuntimeConfig config;
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
    this.config =
        new RuntimeConfig(rows, 2 * most, 1, keyType, valueType)
            .withSequences(2, 2 * PageTable.pagesOf(rows));
  }

  static CheckResult run(
      Backend backend,
      Group group,
      int nHeads,
      int nKvHeads,
      int headDim,
      TensorType keys,
      TensorType values) {
    Rows q = new Rows("q", nHeads * headDim);
    Rows k = new Rows("k", nKvHeads * headDim);
    Rows v = new Rows("v", nKvHeads * headDim);
    Rows out = new Rows("out", nHeads * headDim);
    float scale = (float) (1 / Math.sqrt(headDim));
    Op.Attention op = new Op.Attention(q, k, v, out, group, nHeads, nKvHeads, headDim, scale);
    double error = new AttentionChecks(op, keys, values).error(backend);
    String subject =
        "%s/%s cache, %d/%d heads of %d%s"
            .formatted(
                keys,
                values,
                nHeads,
                nKvHeads,
                headDim,
                group.equals(Group.ALL) ? "" : ", window of " + group.window());
    boolean exact = keys == TensorType.F32 && values == TensorType.F32;
    return new CheckResult(subject, "attention", error, exact ? FLOAT_BOUND : BOUND);
  }

  private double error(Backend backend) {
    try (Arena arena = Arena.ofShared();
        SegmentRun run = new SegmentRun(backend, List.of(op), config)) {
      RandomData data = new RandomData(arena, SEED);
      ReferenceAttention reference = new ReferenceAttention(op, config);
      Stream[] streams = {new Stream(data, run.pages(0, op)), new Stream(data, run.pages(1, op))};
      double worst = 0;
      for (int i = 0; i < PASSES.length; i++) {
        int[] rows = {PASSES[i], PASSES[PASSES.length - 1 - i]};
        int[] positions = {streams[0].position, streams[1].position};
        float[] actual =
            run.run(
                0,
                rows,
                positions,
                joined(streams, rows, op.q(), stream -> stream.q),
                joined(streams, rows, op.k(), stream -> stream.k),
                joined(streams, rows, op.v(), stream -> stream.v));
        worst = WeightChecks.worst(worst, streams[0].worst(reference, rows[0], actual, 0));
        worst = WeightChecks.worst(worst, streams[1].worst(reference, rows[1], actual, rows[0]));
      }
      return worst;
    }
  }

  /** The next rows of both sequences. */
  private static float[] joined(
      Stream[] streams, int[] rows, Rows value, Function<Stream, float[]> array) {
    float[] joined = new float[(rows[0] + rows[1]) * value.width()];
    int at = 0;
    for (int i = 0; i < streams.length; i++) {
      int n = rows[i] * value.width();
      System.arraycopy(array.apply(streams[i]), streams[i].position * value.width(), joined, at, n);
      at += n;
    }
    return joined;
  }

  /** A sequence with its rows of all passes. */
  private final class Stream {
    final float[] q;
    final float[] k;
    final float[] v;
    final PageTable pages;
    final float[] largest = new float[op.v().width()];
    int position;

    Stream(RandomData data, PageTable pages) {
      this.q = data.gaussians(total * op.q().width());
      this.k = data.gaussians(total * op.k().width());
      this.v = data.gaussians(total * op.v().width());
      this.pages = pages;
      setExtremes(q, k, data);
    }

    /** The largest error of a pass in its first and last row; moves on to the next pass. */
    double worst(ReferenceAttention reference, int rows, float[] actual, int actualFrom) {
      for (int row = position; row < position + rows; row++) {
        reference.store(pages, row, k, v, row);
        raise(largest, reference.cachedValues(pages, row));
      }
      float[] expected = new float[total * op.out().width()];
      double worst = 0;
      for (int row : new int[] {0, rows - 1}) {
        reference.attend(pages, position + row, q, position + row, expected);
        double error = compare(expected, position + row, actual, actualFrom + row, largest);
        worst = WeightChecks.worst(worst, error);
      }
      position += rows;
      return worst;
    }
  }

  /**
   * Changes two of every three rows of queries. One becomes 0, so all positions have the same
   * weight. One becomes a large multiple of the key of a position that it sees: only that one has
   * any weight, and the scores would overflow the exponential function.
   */
  private void setExtremes(float[] q, float[] k, RandomData data) {
    for (int row = 0; row < total; row++) {
      int at = row * op.q().width();
      int seen = row + 1 - op.group().first(row);
      int key = (row - data.below(seen)) * op.k().width();
      for (int i = 0; i < op.q().width() && row % 3 != 0; i++) {
        int kvHead = i / op.headDim() / (op.nHeads() / op.nKvHeads());
        float element = k[key + kvHead * op.headDim() + i % op.headDim()];
        q[at + i] = row % 3 == 1 ? SHARP * element : 0;
      }
    }
  }

  /** Updates the largest magnitude so far of each element of the values. */
  private static void raise(float[] largest, float[] values) {
    for (int i = 0; i < largest.length; i++) {
      largest[i] = Math.max(largest[i], Math.abs(values[i]));
    }
  }

  private double compare(
      float[] expected, int expectedRow, float[] actual, int actualRow, float[] largest) {
    int width = op.out().width();
    double worst = 0;
    for (int i = 0; i < width; i++) {
      double difference =
          Math.abs(expected[expectedRow * width + i] - actual[actualRow * width + i]);
      int kvHead = i / op.headDim() / (op.nHeads() / op.nKvHeads());
      // Values that an 8-bit cache rounded to 0 give no magnitude to compare with.
      double size = largest[kvHead * op.headDim() + i % op.headDim()];
      worst = WeightChecks.worst(worst, difference == 0 ? 0 : difference / size);
    }
    return worst;
  }
}
