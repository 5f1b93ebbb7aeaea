package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import dev.lamina.engine.reference.ReferenceBackend;
import java.lang.foreign.Arena;
import java.util.List;

/** An operation with a state, over passes with rows of two sequences. */
final class StateChecks {
  /** Largest accepted error, relative to the largest value. */
  private static final double BOUND = 4e-6;

  /** Rows of the passes of one sequence; the other has them in reverse order. */
  private static final int[] PASSES = {1, 5, 1, 60, 2};

  private static final int WIDTH = 1100;
  private static final int SEED = 14;

  private StateChecks() {}

  static CheckResult run(Backend backend) {
    Op op = new Op.DecayingSum(new Rows("x", WIDTH), new Rows("y", WIDTH), 0.75f);
    RuntimeConfig config = RuntimeConfig.of(128, 128).withSequences(2, 4);
    double worst = 0;
    try (Arena arena = Arena.ofShared();
        SegmentRun run = new SegmentRun(backend, List.of(op), config);
        SegmentRun reference = new SegmentRun(new ReferenceBackend(), List.of(op), config)) {
      RandomData data = new RandomData(arena, SEED);
      int[] positions = new int[2];
      for (int i = 0; i < PASSES.length; i++) {
        int[] rows = {PASSES[i], PASSES[PASSES.length - 1 - i]};
        float[] x = data.gaussians((rows[0] + rows[1]) * WIDTH);
        float[] expected = reference.run(0, rows, positions, x);
        float[] actual = run.run(0, rows, positions, x);
        worst = WeightChecks.worst(worst, error(expected, actual));
        positions[0] += rows[0];
        positions[1] += rows[1];
      }
    }
    return new CheckResult("two sequences", "decaying sum", worst, BOUND);
  }

  private static double error(float[] expected, float[] actual) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = WeightChecks.worst(difference, Math.abs((double) actual[i] - expected[i]));
    }
    return difference / largest;
  }
}
