package dev.lamina.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.WeightBlocks;
import dev.lamina.cpu.rows.TestPrograms;
import dev.lamina.cpu.system.MemoryMap;
import dev.lamina.cpu.system.Platform;
import dev.lamina.engine.rows.RowProgram;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs all kernels with weights, activations and results at the end, or the beginning, of
 * accessible memory. A kernel that reads or writes too far ends the process.
 */
class GuardedKernelsTest {
  private static final long SEED = 7;
  private static final int STRIPS = 2;
  private static final int ROWS = 32;
  private static final long BYTES = 1 << 18;

  /** Weights, activations, results; those that end at a guard, and those that begin at one. */
  private static final GuardedMemory[][] MEMORY = new GuardedMemory[2][];

  private final Scratch scratch = new Scratch();

  @BeforeAll
  static void guard() {
    assumeTrue(Platform.current().x64() && !Platform.current().windows(), "not Linux on x86-64");
    for (int end = 0; end < 2; end++) {
      boolean atEnd = end == 1;
      MEMORY[end] =
          Stream.generate(() -> new GuardedMemory(BYTES, atEnd))
              .limit(3)
              .toArray(GuardedMemory[]::new);
    }
  }

  @AfterAll
  static void release() {
    Stream.of(MEMORY).filter(m -> m != null).flatMap(Stream::of).forEach(GuardedMemory::close);
  }

  static List<MachineKernels> tiers() {
    return MachineKernels.available().stream().map(MachineKernels::of).toList();
  }

  @Test
  void guardsLieRightBesideTheMemory() throws IOException {
    MemoryMap.assumeReadable();
    for (GuardedMemory memory : List.of(MEMORY[0][0], MEMORY[1][2])) {
      long begin = memory.inner.address();
      long end = begin + memory.inner.byteSize();
      assertEquals(Optional.of("---p"), MemoryMap.rights(begin - 1));
      assertEquals(Optional.of("rw-p"), MemoryMap.rights(begin));
      assertEquals(Optional.of("rw-p"), MemoryMap.rights(end - 1));
      assertEquals(Optional.of("---p"), MemoryMap.rights(end));
    }
    assertEquals(MEMORY[0][0].inner.address(), MEMORY[0][0].take(64).address());
    MemorySegment last = MEMORY[1][0].take(64);
    assertEquals(MEMORY[1][0].inner.address() + MEMORY[1][0].inner.byteSize(), last.address() + 64);
  }

  @ParameterizedTest
  @MethodSource("tiers")
  void touchNothingElse(MachineKernels kernels) {
    int functions = 0;
    for (TensorType type : TensorType.values()) {
      for (int unit = 32; unit <= 256; unit *= 2) {
        // An odd multiple, so that the unit is no larger.
        int columns = 3 * unit;
        if (columns % type.blockSize() == 0
            && PackedMatrix.bytes(type, ROWS, columns, kernels.dense()) > 0) {
          functions += check(kernels, type, unit, columns);
        }
      }
    }
    System.out.println(kernels.kind() + ": " + functions + " cases between guards");
    assertTrue(functions > 0);
  }

  /** More tokens than a call takes give the same as some at a time. */
  @ParameterizedTest
  @MethodSource("tiers")
  void takesManyTokensInSeveralCalls(MachineKernels kernels) {
    int columns = 64;
    int nTokens = 2 * BatchKernel.MOST + 9;
    Random random = new Random(SEED);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = WeightBlocks.finite(TensorType.Q8_0, ROWS * columns, random, arena);
      PackedMatrix m = pack(kernels, TensorType.Q8_0, w, columns, arena);
      float[] x = WeightBlocks.gaussians(nTokens * columns, random);
      MachineProducts products = filled(kernels, columns, x, nTokens, arena);
      float[] expected = new float[nTokens * ROWS];
      for (int t = 0; t < nTokens; t += PackedProducts.TOKENS) {
        int end = Math.min(t + PackedProducts.TOKENS, nTokens);
        products.multiply(m, 0, ROWS, t, end, expected, 0, ROWS, scratch);
      }
      float[] actual = new float[nTokens * ROWS];
      products.multiply(m, 0, ROWS, 0, nTokens, actual, 0, ROWS, scratch);
      assertArrayEquals(expected, actual, kernels.kind().label());
    }
  }

  /**
   * Checks one token, all numbers of tokens that a kernel takes, one more, and enough for tiles and
   * groups.
   */
  private int check(MachineKernels kernels, TensorType type, int unit, int columns) {
    int[] tokens =
        IntStream.concat(IntStream.rangeClosed(1, kernels.tier().tokens + 1), IntStream.of(16, 33))
            .toArray();
    Random random = new Random(SEED);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = WeightBlocks.finite(type, ROWS * columns, random, arena);
      PackedMatrix plain = pack(kernels, type, w, columns, arena);
      assertEquals(unit, plain.unit());
      for (int nTokens : tokens) {
        float[] x = WeightBlocks.gaussians(nTokens * columns, random);
        float[] expected = new float[nTokens * ROWS];
        MachineProducts products = filled(kernels, columns, x, nTokens, arena);
        products.multiply(plain, 0, ROWS, 0, nTokens, expected, 0, ROWS, scratch);
        for (GuardedMemory[] memory : MEMORY) {
          PackedMatrix matrix = pack(kernels, type, w, columns, memory[0].arena());
          MemorySegment y = memory[2].take((long) Float.BYTES * expected.length);
          filled(kernels, columns, x, nTokens, memory[1].arena())
              .multiply(matrix, 0, STRIPS, 0, nTokens, y, 0, ROWS);
          String where = kernels.kind() + " " + type + " unit " + unit + " tokens " + nTokens;
          assertArrayEquals(expected, y.toArray(ValueLayout.JAVA_FLOAT), where);
        }
      }
    }
    return 2 * tokens.length;
  }

  @ParameterizedTest
  @MethodSource("tiers")
  void packAsJavaDoesAndTouchNothingElse(MachineKernels kernels) {
    Random random = new Random(SEED);
    int nTypes = 0;
    for (TensorType type : TensorType.values()) {
      boolean packs = false;
      for (int unit = 32; unit <= 256; unit *= 2) {
        // The first is packed in more than one call.
        for (int columns : List.of(unit * 17, unit)) {
          if (columns % type.blockSize() == 0
              && PackedMatrix.bytes(type, ROWS, columns, kernels.dense()) > 0) {
            packs = packsAsJava(kernels, type, columns, random);
          }
        }
      }
      nTypes += packs ? 1 : 0;
    }
    assertEquals(15, nTypes);
  }

  /** Weights, activations and results each end or begin at a guard. */
  @ParameterizedTest
  @MethodSource("tiers")
  void multiplyFloatsAndTouchNothingElse(MachineKernels kernels) {
    Random random = new Random(SEED);
    for (TensorType type : List.of(TensorType.F32, TensorType.F16, TensorType.BF16)) {
      FloatProducts products = new FloatProducts(kernels, type);
      for (int tokens = 1; tokens <= FloatKernel.tokens(kernels.tier()); tokens++) {
        for (int columns : List.of(1, 7, 8, 16, 31, 100)) {
          for (int rows : List.of(1, 3, 4, 9)) {
            for (GuardedMemory[] memory : MEMORY) {
              MemorySegment w =
                  WeightBlocks.finite(type, rows * columns, random, memory[0].arena());
              checkFloats(products, type, w, rows, columns, tokens, memory, random);
            }
          }
        }
      }
    }
  }

  private void checkFloats(
      FloatProducts products,
      TensorType type,
      MemorySegment w,
      int rows,
      int columns,
      int tokens,
      GuardedMemory[] memory,
      Random random) {
    float[] x = WeightBlocks.gaussians(tokens * columns, random);
    float[] expected = new float[tokens * rows];
    products.rows(w, columns, 0, rows, x, 0, columns, tokens, expected, 0, rows, scratch);
    MemorySegment xs = memory[1].take((long) Float.BYTES * x.length);
    xs.copyFrom(MemorySegment.ofArray(x));
    MemorySegment y = memory[2].take((long) Float.BYTES * expected.length);
    for (boolean inArray : new boolean[] {true, false}) {
      y.fill((byte) 0);
      long at = inArray ? y.address() - xs.address() : y.address();
      products.call(tokens, inArray, w.address(), columns, rows, xs, 0, at, columns, rows);
      String where = "%s %d x %d x %d".formatted(type, rows, columns, tokens);
      assertArrayEquals(expected, y.toArray(ValueLayout.JAVA_FLOAT), where);
    }
  }

  private boolean packsAsJava(MachineKernels kernels, TensorType type, int columns, Random random) {
    boolean packs = false;
    for (GuardedMemory[] memory : MEMORY) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment w = WeightBlocks.finite(type, ROWS * columns, random, memory[0].arena());
        PackedMatrix expected = pack(kernels, type, w, columns, arena);
        PackedMatrix matrix =
            PackedMatrix.allocate(type, ROWS, columns, kernels.dense(), memory[1].arena());
        packs = PackKernel.packs(type);
        if (packs) {
          assertTrue(kernels.pack(matrix, 0, strip(matrix, w, 0), scratch));
          assertTrue(kernels.pack(matrix, 1, strip(matrix, w, 1), scratch));
          String where = kernels.kind() + " " + type + " columns " + columns;
          assertSame(type, expected.data(), matrix.data(), where);
        }
      }
    }
    return packs;
  }

  /** Compares copies. Index 8 may stand for 0 as well, if the table of codes has -0 there. */
  private static void assertSame(
      TensorType type, MemorySegment expected, MemorySegment actual, String where) {
    boolean twoZeros = type == TensorType.MXFP4 || type == TensorType.NVFP4;
    if (!twoZeros) {
      assertEquals(-1, expected.mismatch(actual), where);
      return;
    }
    for (long i = 0; i < expected.byteSize(); i++) {
      int wanted = expected.get(ValueLayout.JAVA_BYTE, i);
      int found = actual.get(ValueLayout.JAVA_BYTE, i);
      int others = wanted ^ found;
      boolean same = others == 0 || ((others & 0x77) == 0 && (found & others) == others);
      assertTrue(same, where + " byte " + i + ": " + wanted + " but got " + found);
    }
  }

  @ParameterizedTest
  @MethodSource("tiers")
  void seeScalesThatAreNotFinite(MachineKernels kernels) {
    Random random = new Random(SEED);
    try (Arena arena = Arena.ofConfined()) {
      for (TensorType type : List.of(TensorType.Q4_1, TensorType.Q8_0, TensorType.Q4_K)) {
        for (int at : List.of(0, 2)) {
          MemorySegment w = WeightBlocks.finite(type, ROWS * 256, random, arena);
          if (at == 0 || type != TensorType.Q8_0) {
            long last = type.bytes(ROWS * 256) - type.blockBytes() + at;
            w.set(ValueLayout.JAVA_SHORT_UNALIGNED, last, (short) 0xfc00);
          }
          PackedMatrix m = PackedMatrix.allocate(type, ROWS, 256, kernels.dense(), arena);
          assertTrue(kernels.pack(m, 0, strip(m, w, 0), scratch));
          boolean finite = kernels.pack(m, 1, strip(m, w, 1), scratch);
          assertEquals(at == 2 && type == TensorType.Q8_0, finite, type + " " + at);
        }
      }
    }
  }

  private PackedMatrix pack(
      MachineKernels kernels,
      TensorType type,
      MemorySegment w,
      int columns,
      SegmentAllocator memory) {
    PackedMatrix matrix = PackedMatrix.allocate(type, ROWS, columns, kernels.dense(), memory);
    IntStream.range(0, STRIPS)
        .forEach(strip -> assertTrue(matrix.pack(strip, strip(matrix, w, strip), scratch)));
    return matrix;
  }

  @Test
  void rowProgramsTouchTheirRunsOnly() {
    MachineKernels kernels = tiers().getLast();
    for (RowProgram program : TestPrograms.all()) {
      float[] parameters = new float[program.parameters()];
      for (int n = 2; n <= 40; n += 2) {
        MachineRows rows = (MachineRows) kernels.rows().bind(program, 1, parameters);
        for (GuardedMemory[] memory : MEMORY) {
          // All operands are the same run, next to a guard.
          MemorySegment run = memory[0].take((long) Float.BYTES * n);
          for (int i = 0; i < program.operands(); i++) {
            rows.place(i, 0, 0, 0);
          }
          rows.compute(run, 0, 1, 0, n);
        }
      }
    }
  }

  private static MemorySegment strip(PackedMatrix m, MemorySegment w, int strip) {
    return w.asSlice(strip * 16 * m.rowBytes(), 16 * m.rowBytes());
  }

  private MachineProducts filled(
      MachineKernels kernels, int columns, float[] x, int nTokens, Arena activations) {
    MachineProducts products = new MachineProducts(kernels, activations);
    products.prepare(nTokens, columns, false);
    products.shape(nTokens, columns);
    for (int group = 0; group * products.groupTokens() < nTokens; group++) {
      products.fill(group, x, 0, false, scratch);
    }
    return products;
  }
}
