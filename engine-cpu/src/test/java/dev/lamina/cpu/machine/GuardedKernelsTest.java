package dev.lamina.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.WeightBlocks;
import dev.lamina.cpu.memory.Platform;
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
 * All kernels with weights, activations and results that end, or begin, where memory does. One that
 * reads or writes too far ends the process.
 */
class GuardedKernelsTest {
  private static final long SEED = 7;
  private static final int STRIPS = 2;
  private static final int ROWS = 32;
  private static final long BYTES = 1 << 16;

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

  /** One token, all numbers of tokens that a kernel takes, and one that is left over. */
  private int check(MachineKernels kernels, TensorType type, int unit, int columns) {
    int most = kernels.tier().tokens + 1;
    Random random = new Random(SEED);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = WeightBlocks.finite(type, ROWS * columns, random, arena);
      PackedMatrix plain = pack(kernels, type, w, columns, arena);
      assertEquals(unit, plain.unit());
      for (int nTokens = 1; nTokens <= most; nTokens++) {
        float[] x = WeightBlocks.gaussians(nTokens * columns, random);
        float[] expected = new float[nTokens * ROWS];
        MachineProducts products = filled(kernels, columns, x, nTokens, arena);
        products.multiply(plain, 0, expected, ROWS, scratch);
        for (GuardedMemory[] memory : MEMORY) {
          PackedMatrix matrix = pack(kernels, type, w, columns, memory[0].arena());
          MemorySegment y = memory[2].take((long) Float.BYTES * expected.length);
          filled(kernels, columns, x, nTokens, memory[1].arena());
          multiply(kernels, matrix, memory[1].taken(), nTokens, y);
          String where = kernels.kind() + " " + type + " unit " + unit + " tokens " + nTokens;
          assertArrayEquals(expected, y.toArray(ValueLayout.JAVA_FLOAT), where);
        }
      }
    }
    return 2 * most;
  }

  private PackedMatrix pack(
      MachineKernels kernels,
      TensorType type,
      MemorySegment w,
      int columns,
      SegmentAllocator memory) {
    PackedMatrix matrix = PackedMatrix.allocate(type, w, ROWS, columns, kernels.dense(), memory);
    IntStream.range(0, STRIPS).forEach(strip -> matrix.pack(strip, scratch));
    assertTrue(matrix.usable());
    return matrix;
  }

  private MachineProducts filled(
      MachineKernels kernels, int columns, float[] x, int nTokens, Arena activations) {
    MachineProducts products = new MachineProducts(kernels, activations);
    products.prepare(nTokens, columns, false);
    products.shape(nTokens, columns);
    for (int group = 0; group < products.nGroups(); group++) {
      products.fill(group, x, false, scratch);
    }
    return products;
  }

  /** As {@link MachineProducts} does, but results need not be on the heap. */
  private static void multiply(
      MachineKernels kernels, PackedMatrix matrix, MemorySegment x, int nTokens, MemorySegment y) {
    Input input = new Input(nTokens == 1 ? 1 : kernels.tier().tokens);
    int lanes = kernels.tier().lanes();
    for (int t = 0; t < nTokens; t += input.tokens()) {
      MemorySegment function =
          kernels.function(matrix, input, Math.min(input.tokens(), nTokens - t));
      for (int row = 0; row < Packing.ROWS; row += lanes) {
        MachineKernels.call(
            function,
            matrix.address(0, STRIPS) + 4L * row,
            x.address() + t / input.tokens() * input.bytes(matrix.columns()),
            y,
            Float.BYTES * ((long) t * ROWS + row),
            (long) Float.BYTES * ROWS,
            matrix.columns() / matrix.unit(),
            STRIPS);
      }
    }
  }
}
