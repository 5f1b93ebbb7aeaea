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
          VectorMath.rmsNorm(a, 0, b, 1e-6f, out, 0, n, scratch);
          VectorMath.add(a, 0, b, 0, out, 0, n);
          VectorMath.siluTimes(a, 0, b, 0, out, 0, n);
          VectorMath.softmax(out, 0, n, scratch);
          Rope.rotateHalves(out, 0, n / 2, b, b, 0);
          VectorMath.addScaled(VectorMath.dot(a, 0, b, 0, n, scratch), a, 0, out, 0, n);
        });
  }

  @Test
  void attentionAllocatesNothingOnceCompiled() {
    int headDim = 160;
    float[] a = WeightBlocks.gaussians(9 * headDim, new Random(1));
    float[] out = new float[headDim];
    float[] scores = new float[9 * KeyTiles.POSITIONS];
    float[] softmax = new float[2];
    float[] parts = new float[2 * headDim];
    AttentionTile tile = new AttentionTile(9, headDim, scratch);
    try (Arena arena = Arena.ofShared()) {
      for (TensorType type : new TensorType[] {TensorType.F16, TensorType.F32, TensorType.Q8_0}) {
        KeyTiles keys = new KeyTiles(type, headDim);
        ValueTiles values = new ValueTiles(type, headDim);
        MemorySegment k = arena.allocate(keys.bytes());
        MemorySegment v = arena.allocate(values.bytes());
        for (int rows : new int[] {1, 9}) {
          assertStopsAllocating(
              type + " attention of " + rows,
              () -> {
                keys.store(a, headDim, k, 0, 40);
                values.store(a, 0, v, 0, 40);
                for (int r = 0; r < rows; r++) {
                  tile.query(r, a, r * headDim, 0.1f, type == TensorType.F16);
                }
                keys.load(k, 0, tile.tile(), scratch);
                tile.score(rows, scores, 0, KeyTiles.POSITIONS, 50);
                for (int r = 0; r < rows; r++) {
                  int at = r * KeyTiles.POSITIONS;
                  tile.exponentials(scores, at, 50 - r, 50, softmax, 0);
                  AttentionTile.factors(softmax, 0, 1);
                  AttentionTile.weigh(softmax[0], scores, at, 50, type == TensorType.F16);
                }
                values.load(v, 0, 50, tile.tile(), scratch);
                tile.clear(rows);
                tile.addValues(rows, scores, 0, KeyTiles.POSITIONS, 50);
                tile.finish(rows - 1, parts, headDim);
                AttentionTile.addUp(parts, 0, 2, out, 0, headDim);
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
