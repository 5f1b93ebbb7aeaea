package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Rows;
import dev.lamina.engine.reference.ReferenceBackend;
import java.lang.foreign.Arena;
import java.util.List;

/** Checks the operations that work on each row by itself. */
final class RowChecks {
  /** Largest accepted error, relative to the largest value of the row. */
  private static final double BOUND = 4e-6;

  private static final int[] ROWS = {1, 3, 50};

  /** Scales of the rows; their squares and products are still float32 numbers. */
  private static final float[] MAGNITUDES = {1, 1e15f, 0, 1e-15f};

  private static final int WIDTH = 6 * 40;
  private static final int HEAD_DIM = 40;
  private static final int POSITION = 100;
  private static final Rows SECOND = new Rows("second", WIDTH);
  private static final int SEED = 13;

  private final Backend backend;

  private RowChecks(Backend backend) {
    this.backend = backend;
  }

  static List<CheckResult> run(Backend backend) {
    RowChecks checks = new RowChecks(backend);
    RopeConfig.Yarn yarn = new RopeConfig.Yarn(256, 1, 1, 32, 1);
    float[] factors = new float[HEAD_DIM / 2];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = 1 + i / 4f;
    }
    RopeConfig.Pairing halves = RopeConfig.Pairing.HALVES;
    RopeConfig.Pairing interleaved = RopeConfig.Pairing.INTERLEAVED;
    return List.of(
        checks.rmsNorm("whole rows", WIDTH),
        checks.rmsNorm("heads", HEAD_DIM),
        checks.rope("halves", new RopeConfig(halves, HEAD_DIM, 1e6f, 1, null, null)),
        checks.rope("interleaved", new RopeConfig(interleaved, HEAD_DIM, 1e4f, 1, null, null)),
        checks.rope("part of a head", new RopeConfig(halves, 24, 1e4f, 1, null, null)),
        checks.rope("linear scaling", new RopeConfig(halves, HEAD_DIM, 1e4f, 0.5f, null, null)),
        checks.rope("YaRN", new RopeConfig(interleaved, HEAD_DIM, 1e4f, 0.25f, null, yarn)),
        checks.rope("factors", new RopeConfig(interleaved, HEAD_DIM, 5e5f, 1, factors, null)),
        checks.gatedSilu(),
        checks.add(),
        checks.scale(),
        checks.selectRows());
  }

  private CheckResult rmsNorm(String subject, int n) {
    return check(
        "rms norm",
        subject,
        (x, out, data) -> new Op.RmsNorm(x, out, data.vector("weight", n), 1e-6f));
  }

  private CheckResult rope(String subject, RopeConfig config) {
    return check("rope", subject, (x, out, data) -> new Op.Rope(x, out, HEAD_DIM, config));
  }

  private CheckResult gatedSilu() {
    return check("gated silu", "rows", (x, out, data) -> new Op.GatedSilu(x, SECOND, out));
  }

  private CheckResult add() {
    return check("add", "rows", (x, out, data) -> new Op.Add(x, SECOND, out));
  }

  private CheckResult scale() {
    return check("scale", "rows", (x, out, data) -> new Op.Scale(x, out, 0.37f));
  }

  private CheckResult selectRows() {
    Rows wanted = new Rows("wanted", WIDTH, RowSet.WANTED);
    return check("select rows", "rows", (x, out, data) -> new Op.SelectRows(x, wanted));
  }

  private CheckResult check(String operation, String subject, OpMaker maker) {
    try (Arena arena = Arena.ofShared()) {
      RandomData data = new RandomData(arena, SEED);
      Op op = maker.make(new Rows("x", WIDTH), new Rows("y", WIDTH), data);
      int most = ROWS[ROWS.length - 1];
      RuntimeConfig config = RuntimeConfig.of(256, most).withMaxLogits(most);
      double worst = 0;
      try (SegmentRun run = new SegmentRun(backend, List.of(op), config);
          SegmentRun reference = new SegmentRun(new ReferenceBackend(), List.of(op), config)) {
        for (int rows : ROWS) {
          float[][] in = new float[op.reads().size()][];
          for (int i = 0; i < in.length; i++) {
            in[i] = rows(rows, data);
          }
          float[] expected = reference.run(0, new int[rows], POSITION, in);
          float[] actual = run.run(0, new int[rows], POSITION, in);
          for (int at = 0; at < actual.length; at += WIDTH) {
            worst = WeightChecks.worst(worst, error(expected, actual, at));
          }
        }
      }
      return new CheckResult(subject, operation, worst, BOUND);
    }
  }

  private static float[] rows(int rows, RandomData data) {
    float[] values = data.gaussians(rows * WIDTH);
    for (int i = 0; i < values.length; i++) {
      values[i] *= MAGNITUDES[i / WIDTH % MAGNITUDES.length];
    }
    return values;
  }

  /** The largest error in a row, relative to the row's largest value. */
  private static double error(float[] expected, float[] actual, int at) {
    double largest = 0;
    double difference = 0;
    for (int i = at; i < at + WIDTH; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = WeightChecks.worst(difference, Math.abs((double) actual[i] - expected[i]));
    }
    return difference == 0 ? 0 : difference / largest;
  }

  /** Makes the operation from its first input and its output. */
  private interface OpMaker {
    Op make(Rows x, Rows out, RandomData data);
  }
}
