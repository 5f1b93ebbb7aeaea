package dev.lamina.engine.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Rows;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every operation on numbers that are easy to compute by hand. */
class ReferenceOpsTest {
  private static final PageTable[] PAGES = {PageTable.every(1, 0, 1, 1)};
  private static final List<Group> GROUPS = List.of(Group.ALL);
  private static final float[] NONE = {};

  private final Rows x = new Rows("x", 4);
  private final Rows y = new Rows("y", 4);
  private final Rows out = new Rows("out", 4);

  @Test
  void embedLooksUpTheRowOfEachToken() {
    Op op = new Op.Embed(tensor(4, 3, 0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23), out);
    assertArrayEquals(new float[] {20, 21, 22, 23, 0, 1, 2, 3}, run(op, new int[] {2, 0}));
  }

  @Test
  void rmsNormDividesByTheRootOfTheMeanSquare() {
    Op whole = new Op.RmsNorm(x, out, tensor(4, 1, 1, 1, 2, 1), 9);
    // Mean square 16, with epsilon 25.
    float[] row = {2, 6, 4, -2 * (float) Math.sqrt(2)};
    assertArrayEquals(
        new float[] {0.4f, 1.2f, 1.6f, row[3] / 5}, run(whole, new int[1], row), 1e-7f);
    Op heads = new Op.RmsNorm(x, out, tensor(2, 1, 1, 3), 0);
    assertArrayEquals(
        new float[] {1, 3, 1, -3}, run(heads, new int[1], new float[] {5, 5, 7, -7}), 1e-7f);
  }

  @Test
  void matMulTakesColumnsTogetherAndAddsTheBias() {
    Rows two = new Rows("two", 2);
    GgufTensor weight = tensor(4, 2, 1, 2, 3, 4, 0, -1, 0, 1);
    float[] in = {1, 1, 1, 1, 1, 0, 0, 2};
    Op plain = new Op.MatMul(x, two, weight, null);
    assertArrayEquals(new float[] {10, 0, 9, 2}, run(plain, new int[2], in));
    Op biased = new Op.MatMul(x, two, weight, tensor(2, 1, 100, 200));
    assertArrayEquals(new float[] {110, 200, 109, 202}, run(biased, new int[2], in));
  }

  /** At frequency 1, position 1 is an angle of 1; elements beyond {@code nDims} stay. */
  @Test
  void ropeRotatesPairsByThePosition() {
    float cos = (float) Math.cos(1);
    float sin = (float) Math.sin(1);
    float[] in = {1, 0, 5, 6, 1, 0, 5, 6};
    RopeConfig.Pairing interleaved = RopeConfig.Pairing.INTERLEAVED;
    Op pair = new Op.Rope(x, out, 4, new RopeConfig(interleaved, 2, 1, 1, null, null));
    assertArrayEquals(new float[] {1, 0, 5, 6, cos, sin, 5, 6}, run(pair, new int[2], in), 1e-6f);
    RopeConfig.Pairing apart = RopeConfig.Pairing.HALVES;
    Op halves = new Op.Rope(x, out, 4, new RopeConfig(apart, 4, 1, 1, null, null));
    assertArrayEquals(
        new float[] {1, 0, 5, 6, cos - 5 * sin, -6 * sin, sin + 5 * cos, 6 * cos},
        run(halves, new int[2], in),
        1e-6f);
  }

  /** One key-value head for two query heads, a position after the other. */
  @Test
  void attentionWeighsValuesByTheSoftmaxOfTheScores() {
    Rows kv = new Rows("kv", 2);
    Rows v = new Rows("v", 2);
    Op op = new Op.Attention(x, kv, v, out, Group.ALL, 2, 1, 2, (float) Math.log(3));
    try (LayerStack stack = load(op)) {
      float[] q = {0, 0, 1, 0};
      assertArrayEquals(
          new float[] {5, 9, 5, 9},
          forward(stack, 0, new int[1], 4, q, new float[] {7, 7}, new float[] {5, 9}));
      // Scores of the second head: 7 and 8, so the weights are 1/4 and 3/4.
      assertArrayEquals(
          new float[] {3, 7, 2, 6},
          forward(stack, 1, new int[1], 4, q, new float[] {8, 7}, new float[] {1, 5}),
          1e-5f);
    }
  }

  @Test
  void attentionBearsScoresOfAnySize() {
    Rows kv = new Rows("kv", 4);
    Rows v = new Rows("v", 4);
    Op op = new Op.Attention(x, kv, v, out, Group.ALL, 1, 1, 4, 1);
    try (LayerStack stack = load(op)) {
      float[] q = {1e4f, 0, 0, 0, 1e4f, 0, 0, 0};
      float[] k = {-1e4f, 0, 0, 0, 1e4f, 0, 0, 0};
      assertArrayEquals(
          new float[] {1, 2, 3, 4, 5, 6, 7, 8},
          forward(stack, 0, new int[2], 4, q, k, new float[] {1, 2, 3, 4, 5, 6, 7, 8}));
    }
  }

  @Test
  void cachesTakeWholeBlocks() {
    Op op = new Op.Attention(x, x, y, out, Group.ALL, 1, 1, 4, 1);
    RuntimeConfig config = new RuntimeConfig(8, 2, 1, TensorType.F32, TensorType.Q8_0);
    Segment segment = new Segment(List.of(op), op.reads(), List.of(op.out()));
    ReferenceBackend backend = new ReferenceBackend();
    assertEquals(
        "a KV cache of type Q8_0 takes heads of a multiple of 32 elements, not of 4",
        assertThrows(IllegalArgumentException.class, () -> backend.load(List.of(segment), config))
            .getMessage());
  }

  @Test
  void sumsGatesAndFactorsTakeElements() {
    float[] a = {0, 100, -100, (float) Math.log(3)};
    float[] b = {7, 2, 2, 4};
    // 1 / (1 + 1/3) is 3/4.
    assertArrayEquals(
        new float[] {0, 200, 0, 3 * a[3]},
        run(new Op.GatedSilu(x, y, out), new int[1], a, b),
        1e-5f);
    assertArrayEquals(
        new float[] {7, 102, -98, a[3] + 4}, run(new Op.Add(x, y, out), new int[1], a, b));
    assertArrayEquals(new float[] {3.5f, 1, 1, 2}, run(new Op.Scale(x, out, 0.5f), new int[1], b));
  }

  /** What follows the selection gets only the wanted rows, with the values of their tokens. */
  @Test
  void wantedRowsAreSelected() {
    Rows wanted = new Rows("wanted", 4, RowSet.WANTED);
    Rows sum = new Rows("sum", 4, RowSet.WANTED);
    Segment segment =
        new Segment(
            List.of(
                new Op.Scale(x, y, 2),
                new Op.SelectRows(y, wanted),
                new Op.Add(wanted, wanted, sum)),
            List.of(x),
            List.of(sum));
    try (LayerStack stack =
        new ReferenceBackend().load(List.of(segment), RuntimeConfig.of(8, 3).withMaxLogits(2))) {
      Batch batch = new Batch(GROUPS, 3, 1);
      batch.add(PAGES, 0, new int[3], 0, 3, 1);
      float[] in = {1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
      float[] logits = new float[8];
      stack.forward(0, batch, new float[][] {in}, new float[][] {logits});
      assertArrayEquals(new float[] {8, 8, 8, 8, 12, 12, 12, 12}, logits);
      batch.clear();
      batch.add(PAGES, 0, new int[3], 0, 3, 3);
      stack.forward(0, batch, new float[][] {in}, new float[][] {NONE});
    }
  }

  private static LayerStack load(Op op) {
    Segment segment = new Segment(List.of(op), op.reads(), List.of(op.out()));
    RuntimeConfig config = new RuntimeConfig(8, 2, 1, TensorType.F32, TensorType.F32);
    return new ReferenceBackend().load(List.of(segment), config);
  }

  private static float[] run(Op op, int[] tokens, float[]... in) {
    try (LayerStack stack = load(op)) {
      return forward(stack, 0, tokens, op.out().width(), in);
    }
  }

  private static float[] forward(
      LayerStack stack, int position, int[] tokens, int width, float[]... in) {
    Batch batch = new Batch(GROUPS, tokens.length, 1);
    batch.add(PAGES, position, tokens, 0, tokens.length, tokens.length);
    float[] result = new float[tokens.length * width];
    stack.forward(0, batch, in, new float[][] {result});
    return result;
  }

  private static GgufTensor tensor(long columns, long rows, float... values) {
    MemorySegment data = Arena.ofAuto().allocate(4L * values.length, 4);
    MemorySegment.copy(values, 0, data, LittleEndian.F32, 0, values.length);
    List<Long> shape = rows == 1 ? List.of(columns) : List.of(columns, rows);
    return new GgufTensor("w", TensorType.F32, shape, data);
  }
}
