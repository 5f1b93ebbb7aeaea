package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RopeTable;
import dev.lamina.engine.model.Weights;
import java.lang.foreign.Arena;
import java.util.List;

/** The operations that treat each row by itself. */
final class RowChecks {
  /** Of the largest value that a result is made of. */
  private static final double BOUND = 4e-6;

  private static final int[] ROWS = {1, 3, 50};
  private static final int WIDTH = 6 * 40;
  private static final int HEAD_DIM = 40;
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
        checks.scale());
  }

  private CheckResult rmsNorm(String subject, int n) {
    return check(
        "rms norm",
        subject,
        (x, out, data) -> new Op.RmsNorm(x, out, data.vector("weight", n), 1e-6f),
        1,
        (op, in, row, i) -> {
          int from = row * WIDTH + i / n * n;
          double squares = 0;
          for (int j = from; j < from + n; j++) {
            squares += (double) in[0][j] * in[0][j];
          }
          float[] weight = Weights.floats(op.weights().getFirst());
          return in[0][row * WIDTH + i] / Math.sqrt(squares / n + 1e-6f) * weight[i % n];
        });
  }

  private CheckResult rope(String subject, RopeConfig config) {
    RopeTable table = new RopeTable(config);
    int nPairs = table.nPairs();
    boolean halves = config.pairing() == RopeConfig.Pairing.HALVES;
    return check(
        "rope",
        subject,
        (x, out, data) -> new Op.Rope(x, HEAD_DIM, config),
        1,
        (op, in, row, i) -> {
          int d = i % HEAD_DIM;
          int head = row * WIDTH + i - d;
          if (d >= config.nDims()) {
            return in[0][head + d];
          }
          float[] cos = new float[nPairs];
          float[] sin = new float[nPairs];
          table.fill(POSITION + row, cos, sin, 0);
          int pair = halves ? d % nPairs : d / 2;
          boolean first = halves ? d < nPairs : d % 2 == 0;
          double a = in[0][head + (halves ? pair : 2 * pair)];
          double b = in[0][head + (halves ? nPairs + pair : 2 * pair + 1)];
          return first ? a * cos[pair] - b * sin[pair] : a * sin[pair] + b * cos[pair];
        });
  }

  private CheckResult gatedSilu() {
    return check(
        "gated silu",
        "rows",
        (x, out, data) -> new Op.GatedSilu(x, new Activation("second", WIDTH), out),
        2,
        (op, in, row, i) -> {
          double gate = in[0][row * WIDTH + i];
          return gate / (1 + Math.exp(-gate)) * in[1][row * WIDTH + i];
        });
  }

  private CheckResult add() {
    return check(
        "add",
        "rows",
        (x, out, data) -> new Op.Add(x, new Activation("second", WIDTH), out),
        2,
        (op, in, row, i) -> (double) in[0][row * WIDTH + i] + in[1][row * WIDTH + i]);
  }

  private CheckResult scale() {
    float factor = 0.37f;
    return check(
        "scale",
        "rows",
        (x, out, data) -> new Op.Scale(x, factor),
        1,
        (op, in, row, i) -> (double) in[0][row * WIDTH + i] * factor);
  }

  private static final int POSITION = 100;

  private CheckResult check(
      String operation, String subject, OpMaker maker, int nInputs, Expected expected) {
    try (Arena arena = Arena.ofShared()) {
      RandomData data = new RandomData(arena, SEED);
      Op op = maker.make(new Activation("x", WIDTH), new Activation("y", WIDTH), data);
      SessionConfig config = SessionConfig.of(256, ROWS[ROWS.length - 1]);
      double worst = 0;
      try (SegmentRun run = new SegmentRun(backend, List.of(op), config)) {
        for (int rows : ROWS) {
          float[][] in = new float[nInputs][];
          for (int i = 0; i < nInputs; i++) {
            in[i] = data.gaussians(rows * WIDTH);
          }
          float[] out = run.run(0, new int[rows], POSITION, in);
          for (int i = 0; i < out.length; i++) {
            double difference = Math.abs(out[i] - expected.value(op, in, i / WIDTH, i % WIDTH));
            worst = WeightChecks.worst(worst, difference / largest(in));
          }
        }
      }
      return new CheckResult(subject, operation, worst, BOUND);
    }
  }

  private static double largest(float[][] in) {
    double largest = 0;
    for (float[] values : in) {
      for (float value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest;
  }

  /** Makes the operation from its first input and its output. */
  private interface OpMaker {
    Op make(Activation x, Activation out, RandomData data);
  }

  /** Element i of a row of the result. */
  private interface Expected {
    double value(Op op, float[][] in, int row, int i);
  }
}
