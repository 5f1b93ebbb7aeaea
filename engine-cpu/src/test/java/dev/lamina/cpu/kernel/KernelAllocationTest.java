package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.lamina.cpu.LastRounds;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A vector that is boxed shows as allocation, and makes a kernel many times slower. */
class KernelAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Number of calls of a round. */
  private static final int CALLS = 50;

  private static final long DEADLINE_NANOS = 30_000_000_000L;
  private final Scratch scratch = new Scratch();

  @ParameterizedTest
  @MethodSource("dev.lamina.cpu.kernel.WeightBlocks#weightTypes")
  void matMulAllocatesNothingOnceCompiled(TensorType type) {
    int columns = 512;
    int nRows = 4;
    try (Arena arena = Arena.ofShared()) {
      Random random = new Random(1);
      MemorySegment w = WeightBlocks.finite(type, nRows * columns, random, arena);
      float[] x = WeightBlocks.gaussians(5 * columns, random);
      float[] y = new float[5 * nRows];
      List<PlainProducts> kinds = new ArrayList<>(List.of(MatMul.of(type)));
      MachineKernels machine = MachineKernels.of(CpuKernels.AUTO);
      if (machine != null) {
        kinds.add(machine.plain(type));
      }
      for (PlainProducts kind : kinds) {
        assertStopsAllocating(
            type + " decode",
            () -> kind.rows(w, columns, 0, nRows, x, 0, columns, 1, y, 0, nRows, scratch));
        assertStopsAllocating(
            type + " prefill",
            () -> kind.rows(w, columns, 0, nRows, x, 0, columns, 5, y, 0, nRows, scratch));
      }
    }
  }

  @Test
  void vectorMathAllocatesNothingOnceCompiled() {
    int n = 250;
    float[] a = WeightBlocks.gaussians(n, new Random(1));
    float[] b = WeightBlocks.gaussians(n, new Random(2));
    float[] out = new float[n];
    assertStopsAllocating(
        "vector math",
        () -> {
          VectorMath.add(a, 0, b, 0, out, 0, n);
          VectorMath.addScaled(VectorMath.sum(a, 0, n, scratch), a, 0, out, 0, n);
          VectorMath.scale(VectorMath.max(out, 0, n), out, 0, n);
        });
  }

  @Test
  void attentionAllocatesNothingOnceCompiled() {
    int headDim = 160;
    int sums = 9 * headDim;
    int scores = 2 * sums;
    int softmax = scores + 9 * KeyTiles.POSITIONS;
    float[] a = WeightBlocks.gaussians(softmax + 18, new Random(1));
    float[] row = WeightBlocks.gaussians(headDim, new Random(2));
    try (Arena arena = Arena.ofShared()) {
      for (TensorType type : new TensorType[] {TensorType.F16, TensorType.F32, TensorType.Q8_0}) {
        MemorySegment cache = arena.allocate(new KeyTiles(type, headDim).bytes());
        AttentionKernels kernels = new VectorAttention(type, type, headDim, a, scratch);
        for (int rows : new int[] {1, 9}) {
          assertStopsAllocating(
              type + " attention of " + rows,
              () -> {
                kernels.storeKey(row, 0, cache, 0, 40);
                a[softmax] = 0.1f;
                kernels.queries(rows, 0, softmax);
                kernels.score(cache, 0, 0, rows, 0, scores, KeyTiles.POSITIONS, 50);
                kernels.exponentials(rows, 64, scores, KeyTiles.POSITIONS, softmax, 2);
                Softmax.factors(a, softmax, 1);
                kernels.weigh(rows, 64, scores, KeyTiles.POSITIONS, softmax, 2);
                kernels.storeValue(row, 0, cache, 0, 40);
                kernels.addValues(cache, 0, 0, rows, scores, KeyTiles.POSITIONS, 50, sums, headDim);
                kernels.addUp(sums, 2);
              });
        }
      }
    }
  }

  /**
   * Runs until most of the last rounds have allocated nothing, because compilation happens
   * meanwhile.
   */
  private static void assertStopsAllocating(String what, Runnable code) {
    long start = System.nanoTime();
    LastRounds last = new LastRounds();
    do {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        code.run();
      }
      last.add(THREADS.getCurrentThreadAllocatedBytes() - before);
    } while (last.median() > 0 && System.nanoTime() - start < DEADLINE_NANOS);
    assertEquals(0, last.median(), what + ": bytes in " + CALLS + " calls");
  }
}
