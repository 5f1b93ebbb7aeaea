package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.cpu.kernel.CacheRows;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import dev.lamina.engine.reference.ReferenceAttention;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention against sums in double precision, with passes that begin and end at any position. */
class AttentionStepTest {
  private static final int[] PASSES = {1, 3, 61, 1, 130, 17, 2, 600, 1, 1, 40, 1};
  private static final long SEED = 8;

  @ParameterizedTest
  @CsvSource({
    "4,4,64,F32,1e-5",
    "7,1,64,F32,1e-5",
    "16,2,128,F32,1e-5",
    "3,1,80,F32,1e-5",
    "6,3,7,F32,1e-5",
    "2,2,65,F32,1e-5",
    "72,1,8,F32,1e-5",
    "16,2,128,F16,2e-3",
    "14,2,64,F16,2e-3",
    "5,5,96,F16,2e-3",
    "16,2,128,Q8_0,1e-4",
    "4,2,96,Q8_0,1e-4",
    "4,2,40,BF16,1e-4",
    "4,2,96,Q4_0,1e-4",
    "4,2,64,Q4_1,1e-4",
    "6,3,128,Q5_0,1e-4",
    "4,2,64,Q5_1,1e-4",
    "4,4,96,IQ4_NL,1e-4",
    "7,1,256,F16,2e-3",
    "2,1,512,F16,2e-3",
    "5,1,512,BF16,1e-4",
    "9,3,256,Q8_0,1e-4",
    "6,1,40,F16,2e-3",
    "4,2,8,F16,2e-3",
    "3,1,96,F32,1e-5",
    "5,1,130,F16,2e-3",
    "2,1,7,BF16,1e-4"
  })
  void matchesDoublePrecision(
      int nHeads, int nKvHeads, int headDim, TensorType type, double bound) {
    compare(new Case(Group.ALL, nHeads, nKvHeads, headDim, type), bound);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 200, 700, 5000})
  void windowsMatchDoublePrecision(int window) {
    compare(new Case(Group.window(window), 6, 3, 32, TensorType.F32), 1e-5);
  }

  private static void compare(Case test, double bound) {
    for (CpuKernels kernels : tiers()) {
      compare(test, bound, kernels);
    }
  }

  /** The Vector API, and machine code of each length of vectors. */
  private static List<CpuKernels> tiers() {
    return Stream.concat(
            Stream.of(CpuKernels.VECTOR),
            MachineKernels.available().stream().filter(tier -> tier != CpuKernels.AMX))
        .toList();
  }

  private static void compare(Case test, double bound, CpuKernels kernels) {
    int nHeads = test.op.nHeads();
    int headDim = test.op.headDim();
    float[] actual = test.run(2, kernels);
    for (int position : new int[] {0, 1, 63, 64, 100, 194, 211, 213, 500, 813, 814, 815, 857}) {
      float[] expected = test.expected(position);
      for (int head = 0; head < nHeads; head++) {
        for (int d = 0; d < headDim; d++) {
          float value = actual[(position * nHeads + head) * headDim + d];
          String at = kernels + " position " + position + " head " + head + " element " + d;
          assertEquals(expected[head * headDim + d], value, bound * test.largest, at);
        }
      }
    }
  }

  @Test
  void doesNotDependOnThreads() {
    Case test = new Case(Group.ALL, 16, 2, 32, TensorType.F16);
    for (CpuKernels kernels : tiers()) {
      float[] one = test.run(1, kernels);
      assertArrayEquals(one, test.run(3, kernels));
    }
  }

  private static final class Case {
    private final Op.Attention op;
    private final RuntimeConfig config;
    private final int total;
    private final float[] q;
    private final float[] k;
    private final float[] v;

    private final ReferenceAttention reference;
    private final PageTable pages;
    private double largest;

    Case(Group group, int nHeads, int nKvHeads, int headDim, TensorType type) {
      Rows qBuffer = new Rows("q", nHeads * headDim);
      Rows kBuffer = new Rows("k", nKvHeads * headDim);
      Rows vBuffer = new Rows("v", nKvHeads * headDim);
      Rows out = new Rows("out", nHeads * headDim);
      float scale = (float) (1 / Math.sqrt(headDim));
      op =
          new Op.Attention(qBuffer, kBuffer, vBuffer, out, group, nHeads, nKvHeads, headDim, scale);
      int rows = 0;
      int most = 0;
      for (int pass : PASSES) {
        rows += pass;
        most = Math.max(most, pass);
      }
      total = rows;
      pages = PageTable.every(1, 0, PageTable.pagesOf(total), PageTable.pagesOf(total));
      config = new RuntimeConfig(total, most, 1, type, type);
      Random random = new Random(SEED);
      q = gaussians(total * qBuffer.width(), 3, random);
      k = gaussians(total * kBuffer.width(), 1, random);
      v = gaussians(total * vBuffer.width(), 1, random);
      reference =
          new ReferenceAttention(
              op, new RuntimeConfig(total, most, 1, TensorType.F32, TensorType.F32));
      float[] keys = asCached(k, type, headDim);
      float[] values = asCached(v, type, headDim);
      for (int position = 0; position < total; position++) {
        reference.store(pages, position, keys, values, position);
      }
      for (float value : v) {
        largest = Math.max(largest, Math.abs(value));
      }
    }

    private static float[] gaussians(int n, double factor, Random random) {
      float[] values = new float[n];
      for (int i = 0; i < n; i++) {
        values[i] = (float) (factor * random.nextGaussian());
      }
      return values;
    }

    private static float[] asCached(float[] values, TensorType type, int headDim) {
      CacheRows rows = CacheRows.of(type);
      float[] cached = new float[values.length];
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = arena.allocate(rows.bytes(headDim));
        for (int at = 0; at < values.length; at += headDim) {
          rows.store(values, at, headDim, memory, 0);
          type.format().dequantize(memory, 0, headDim, cached, at);
        }
      }
      return cached;
    }

    float[] run(int threads, CpuKernels kernels) {
      float[] all = new float[total * op.out().width()];
      Segment segment = new Segment(List.of(op), op.reads(), List.of(op.out()));
      try (CpuBackend backend = new CpuBackend(threads, true, MachineKernels.of(kernels));
          LayerStack stack = backend.load(List.of(segment), config)) {
        Batch batch = Batch.of(List.of(op.group()), config);
        int position = 0;
        for (int rows : PASSES) {
          batch.clear();
          batch.add(new PageTable[] {pages}, position, new int[rows], 0, rows, rows);
          float[] out = new float[rows * op.out().width()];
          float[][] in = {
            from(q, position, op.q()), from(k, position, op.k()), from(v, position, op.v())
          };
          stack.forward(0, batch, in, new float[][] {out});
          System.arraycopy(out, 0, all, position * op.out().width(), out.length);
          position += rows;
        }
      }
      return all;
    }

    private static float[] from(float[] values, int position, Rows buffer) {
      int at = position * buffer.width();
      return Arrays.copyOfRange(values, at, values.length);
    }

    /** A row of the reference, with keys and values as rounded by the cache. */
    float[] expected(int position) {
      float[] out = new float[op.out().width()];
      float[] row =
          Arrays.copyOfRange(q, position * op.q().width(), (position + 1) * op.q().width());
      reference.attend(pages, position, row, 0, out);
      return out;
    }
  }
}
