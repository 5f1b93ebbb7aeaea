package dev.lamina.cpu.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.rows.RowNode;
import dev.lamina.engine.rows.RowProgram;
import dev.lamina.engine.rows.RowPrograms;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowProgramsTest {
  private static final int[] SIZES = {2, 4, 6, 8, 10, 14, 16, 30, 32, 34, 62, 64, 256, 258, 1000};
  private static final float[] EXTREMES = {
    0,
    -0f,
    1e-40f,
    -1e-40f,
    1e30f,
    -1e30f,
    88.7f,
    -103.9f,
    200,
    -200,
    65520,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };
  private static final int REPEATS = 3;
  private static final int ROWS = 4;
  private static final int FIRST_ROW = 1;

  private final RowKernels portable = new PortableRows.Kernels(1);

  static List<RowProgram> programs() {
    return TestPrograms.all();
  }

  private static RowKernels machine() {
    MachineKernels kernels = MachineKernels.of(CpuKernels.AUTO);
    assumeTrue(kernels != null, "no machine code here");
    return kernels.rows();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void machineCodeComputesWhatTheLoopsDo(RowProgram program) {
    Random random = new Random(1);
    for (int n : SIZES) {
      compare(program, n, random, false);
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void extremeValuesAreTheSameToo(RowProgram program) {
    Random random = new Random(2);
    for (int n : SIZES) {
      compare(program, n, random, true);
    }
  }

  private void compare(RowProgram program, int n, Random random, boolean extreme) {
    WorkingMemory[] memories = {new WorkingMemory(), new WorkingMemory()};
    float[] parameters = new float[program.parameters()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = 0.5f;
    }
    RowKernels[] kernels = {machine(), portable};
    BoundRows[] bound = new BoundRows[2];
    float[] values = new float[program.operands() * (ROWS + FIRST_ROW) * REPEATS * (n + 1)];
    for (int i = 0; i < values.length; i++) {
      boolean special = extreme && random.nextInt(8) == 0;
      values[i] =
          special ? EXTREMES[random.nextInt(EXTREMES.length)] : (float) random.nextGaussian() * 5;
    }
    for (int k = 0; k < 2; k++) {
      bound[k] = kernels[k].bind(program, REPEATS, parameters);
      memories[k].reserve(values);
      memories[k].make();
      for (int i = 0; i < program.operands(); i++) {
        int row = REPEATS * (n + 1);
        bound[k].place(i, i * row * (ROWS + FIRST_ROW), row, n + 1);
      }
      bound[k].run(memories[k], FIRST_ROW, ROWS, 0, n, 0);
    }
    float[] actual = memories[0].floats();
    float[] expected = memories[1].floats();
    for (int i = 0; i < values.length; i++) {
      // Sums are added in another order.
      float bound4 = Math.abs(expected[i]) * 4e-6f;
      String message = program + ", n = " + n + ", at " + i;
      if (Float.isNaN(expected[i]) || Float.isInfinite(expected[i])) {
        assertEquals(expected[i], actual[i], message);
      } else {
        assertEquals(expected[i], actual[i], Math.max(bound4, 1e-5f), message);
      }
    }
  }

  @Test
  void partsOfRunsLeaveTheRest() {
    for (RowKernels kernels : List.of(machine(), portable)) {
      WorkingMemory memory = new WorkingMemory();
      int from = memory.reserve(new float[] {1, 2, 3, 4, 5, 6, 7, 8});
      int to = memory.reserve(8);
      memory.make();
      BoundRows rows =
          kernels.bind(RowPrograms.SCALE, 1, 10).place(0, from, 4, 0).place(1, to, 4, 0);
      rows.run(memory, 1, 1, 1, 2, 0);
      float[] result = new float[8];
      System.arraycopy(memory.floats(), to, result, 0, 8);
      assertArrayEquals(new float[] {0, 0, 0, 0, 0, 60, 70, 0}, result);
    }
  }

  @Test
  void operandsOutsideOfTheMemoryAreRefused() {
    for (RowKernels kernels : List.of(machine(), portable)) {
      WorkingMemory memory = new WorkingMemory();
      memory.reserve(64);
      memory.make();
      BoundRows rows = kernels.bind(RowPrograms.COPY, 2).place(0, 0, 8, 4).place(1, 32, 8, 4);
      rows.run(memory, 0, 4, 0, 4, 0);
      assertThrows(IndexOutOfBoundsException.class, () -> rows.run(memory, 0, 5, 0, 4, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> rows.run(memory, -1, 2, 0, 4, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> rows.run(memory, 0, 4, 0, 5, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> rows.run(memory, 0, 1, -1, 4, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> rows.run(memory, 0, 1, 0, -4, 0));
    }
  }

  @Test
  void activationsAreAccurate() {
    int n = 4096;
    for (RowKernels kernels : List.of(machine(), portable)) {
      WorkingMemory memory = new WorkingMemory();
      float[] x = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = (i - n / 2) / 20f;
      }
      BoundRows rows = kernels.bind(TestPrograms.activations(), 1);
      rows.place(0, memory.reserve(x), 0, 0);
      int sigmoid = memory.reserve(n);
      int tanh = memory.reserve(n);
      int softplus = memory.reserve(n);
      memory.make();
      rows.place(1, sigmoid, 0, 0).place(2, tanh, 0, 0).place(3, softplus, 0, 0);
      rows.run(memory, 0, 1, 0, n, 0);
      for (int i = 0; i < n; i++) {
        float[] y = memory.floats();
        assertEquals(1 / (1 + Math.exp(-x[i])), y[sigmoid + i], 2e-7, "sigmoid " + x[i]);
        assertEquals(Math.tanh(x[i]), y[tanh + i], 3e-7, "tanh " + x[i]);
        double expected = Math.log1p(Math.exp(x[i]));
        assertTrue(
            Math.abs(expected - y[softplus + i]) <= 2e-7 * Math.max(1, expected),
            "softplus " + x[i] + ": " + y[softplus + i]);
      }
    }
  }

  /** The stated bound of 2 ulp, over the whole range of results. */
  @Test
  void exponentialIsWithinTwoUlp() {
    int n = 200_000;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = -105 + i * 194.5f / n;
    }
    for (RowKernels kernels : List.of(machine(), portable)) {
      float[] y = exponentials(kernels, x);
      double worst = 0;
      for (int i = 0; i < n; i++) {
        double expected = Math.exp(x[i]);
        if (expected > Float.MAX_VALUE) {
          assertTrue(y[i] >= Float.MAX_VALUE, "e^" + x[i] + " gave " + y[i]);
        } else {
          double ulps = Math.abs(y[i] - expected) / Math.ulp((float) expected);
          assertTrue(ulps <= 2, "e^" + x[i] + " gave " + y[i] + ", off by " + ulps + " ulp");
          worst = Math.max(worst, ulps);
        }
      }
      assertTrue(worst > 0.1, "the comparison compares nothing");
    }
  }

  @Test
  void exponentialOfExtremes() {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {-inf, -1e30f, -200, -103.9f, -0f, 0, 89, 200, 1e30f, inf, Float.NaN, 1};
    float[] expected = {0, 0, 0, Float.MIN_VALUE, 1, 1, inf, inf, inf, inf, Float.NaN, 2.7182817f};
    for (RowKernels kernels : List.of(machine(), portable)) {
      float[] y = exponentials(kernels, x);
      for (int i = 0; i < x.length; i++) {
        float ulp = Float.isFinite(expected[i]) ? Math.ulp(expected[i]) : 1;
        assertEquals(expected[i], y[i], ulp, "element " + i);
      }
    }
  }

  private static float[] exponentials(RowKernels kernels, float[] x) {
    RowProgram.Builder b = new RowProgram.Builder("exponential");
    b.store(1, b.node(RowNode.Kind.EXP, b.load(0)));
    WorkingMemory memory = new WorkingMemory();
    BoundRows rows = kernels.bind(b.build(), 1).place(0, memory.reserve(x), 0, 0);
    int to = memory.reserve(x.length);
    memory.make();
    rows.place(1, to, 0, 0).run(memory, 0, 1, 0, x.length, 0);
    return Arrays.copyOfRange(memory.floats(), to, to + x.length);
  }

  @Test
  void siluOfExtremes() {
    float inf = Float.POSITIVE_INFINITY;
    float[] gate = {-1000, -100, -88, 0, 100, inf, Float.NaN};
    double[] expected = {0, 0, -88 * Math.exp(-88), 0, 100, inf, Float.NaN};
    for (RowKernels kernels : List.of(machine(), portable)) {
      WorkingMemory memory = new WorkingMemory();
      BoundRows rows = kernels.bind(RowPrograms.GATED_SILU, 1);
      int up = memory.reserve(new float[] {1, 1, 1, 1, 1, 1, 1});
      int at = memory.reserve(gate);
      memory.make();
      rows.place(0, at, 0, 0).place(1, up, 0, 0).place(2, at, 0, 0);
      rows.run(memory, 0, 1, 0, gate.length, 0);
      for (int i = 0; i < gate.length; i++) {
        assertEquals(expected[i], memory.floats()[at + i], 1e-37);
      }
    }
  }
}
