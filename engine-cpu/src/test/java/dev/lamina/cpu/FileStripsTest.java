package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.WeightBlocks;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.cpu.machine.MachineProducts;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.gguf.LoadMode;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with weights in the file's layout are exactly those with repacked weights. */
class FileStripsTest {
  private static final int ROWS = 70;
  private static final int COLUMNS = 512;
  private static final int TOKENS = 21;

  @TempDir private Path folder;

  static List<CpuKernels> tiers() {
    return MachineKernels.available();
  }

  @ParameterizedTest
  @MethodSource("tiers")
  void giveTheResultsOfRepackedWeights(CpuKernels tier) throws IOException {
    compareAll(tier, folder);
  }

  /** No class of the Vector API is needed to load weights and to multiply with machine code. */
  @Test
  void workWithoutTheVectorApi() throws IOException, InterruptedException {
    assumeFalse(tiers().isEmpty(), "no machine code");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AlsoWithout.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals("no jdk.incubator.vector", output.strip());
  }

  /** Runs the comparisons in a JVM without the module. */
  static final class AlsoWithout {
    static void main(String[] args) throws IOException {
      assertTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty());
      assertEquals(1, new CpuBackendProvider().devices().size());
      for (CpuKernels tier : tiers()) {
        compareAll(tier, Path.of(args[0]));
      }
      System.out.println("no jdk.incubator.vector");
    }
  }

  private static void compareAll(CpuKernels tier, Path folder) throws IOException {
    for (TensorType type : TensorType.values()) {
      if (type.holdsWeights()) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment w = WeightBlocks.finite(type, ROWS * COLUMNS, new Random(1), arena);
          Path file = write(folder, type, w);
          for (LoadMode mode : List.of(LoadMode.MMAP, LoadMode.NONE)) {
            try (GgufFile gguf = GgufFile.open(file, mode)) {
              compare(tier, gguf.tensors().get("w"), w);
            }
          }
        }
      }
    }
  }

  private static Path write(Path folder, TensorType type, MemorySegment weights)
      throws IOException {
    Path file = folder.resolve(type + ".gguf");
    new GgufWriter()
        .put("general.architecture", "none")
        .tensor("w", type, List.of((long) COLUMNS, (long) ROWS), weights)
        .write(file);
    return file;
  }

  private static void compare(CpuKernels tier, GgufTensor tensor, MemorySegment w) {
    MachineKernels kernels = MachineKernels.of(tier);
    float[] x = WeightBlocks.gaussians(TOKENS * COLUMNS, new Random(2));
    try (WorkerPool pool = new WorkerPool(1);
        LoadedWeights weights = new LoadedWeights(new PackedWeights(kernels), kernels)) {
      weights.load(List.of(tensor), List.of(tensor), pool);
      PackedCopy repacked = weights.packed(tensor);
      assertEquals(tensor.type().blockSize() > 1, repacked != null);
      if (repacked == null) {
        compareFloats(weights, tensor, w, x);
        return;
      }
      for (int tokens : new int[] {1, TOKENS}) {
        try (Arena arena = Arena.ofConfined()) {
          PackedProducts products = filled(kernels, x, tokens, arena);
          float[] expected = new float[1 + tokens * ROWS];
          float[] actual = new float[1 + tokens * ROWS];
          Scratch scratch = new Scratch();
          FileStrips strips = weights.strips(tensor, 1);
          for (int row = 0; row < ROWS; row += PackedProducts.ROWS) {
            assertEquals(PackedCopy.READY, repacked.pack(row / PackedProducts.ROWS, scratch));
            assertTrue(
                strips.multiply(products, row, 0, tokens, actual, 1 + row, ROWS, 0, scratch));
          }
          assertTrue(repacked.isComplete());
          products.multiply(repacked.matrix(), 0, ROWS, 0, tokens, expected, 1, ROWS, scratch);
          assertArrayEquals(expected, actual, tier + " " + tensor.type() + " tokens " + tokens);
        }
      }
    }
  }

  private static PackedProducts filled(MachineKernels kernels, float[] x, int tokens, Arena arena) {
    PackedProducts products = new MachineProducts(kernels, arena);
    products.prepare(tokens, COLUMNS, false);
    products.shape(tokens, COLUMNS);
    for (int group = 0; group * products.groupTokens() < tokens; group++) {
      products.fill(group, x, 0, false, new Scratch());
    }
    return products;
  }

  /** Compares the first and the last row with doubles. */
  private static void compareFloats(
      LoadedWeights weights, GgufTensor tensor, MemorySegment w, float[] x) {
    float[] y = new float[ROWS];
    Scratch scratch = new Scratch();
    MemorySegment rows = weights.rows(tensor).rows(0, ROWS, scratch);
    weights
        .products(tensor.type())
        .rows(rows, COLUMNS, 0, ROWS, x, 0, COLUMNS, 1, y, 0, ROWS, scratch);
    float[] row = new float[COLUMNS];
    for (int r : new int[] {0, ROWS - 1}) {
      tensor.type().format().dequantize(w, r * tensor.type().bytes(COLUMNS), COLUMNS, row, 0);
      double sum = 0;
      double magnitude = 0;
      for (int k = 0; k < COLUMNS; k++) {
        sum += (double) row[k] * x[k];
        magnitude += Math.abs((double) row[k] * x[k]);
      }
      assertEquals(sum, y[r], 1e-6 * magnitude);
    }
  }

  @Test
  void refuseScalesThatAreNotFinite() throws IOException {
    for (CpuKernels tier : tiers()) {
      MachineKernels kernels = MachineKernels.of(tier);
      try (Arena arena = Arena.ofConfined();
          WorkerPool pool = new WorkerPool(1);
          LoadedWeights weights = new LoadedWeights(new PackedWeights(kernels), kernels)) {
        MemorySegment w =
            WeightBlocks.finite(TensorType.Q4_0, ROWS * COLUMNS, new Random(1), arena);
        long row = TensorType.Q4_0.bytes(COLUMNS);
        w.set(ValueLayout.JAVA_SHORT_UNALIGNED, 33 * row, Float.floatToFloat16(Float.NaN));
        try (GgufFile gguf = GgufFile.open(write(folder, TensorType.Q4_0, w))) {
          GgufTensor tensor = gguf.tensors().get("w");
          weights.load(List.of(tensor), List.of(tensor), pool);
          PackedCopy copy = weights.packed(tensor);
          assertEquals(
              List.of(PackedCopy.READY, PackedCopy.SPOILT, PackedCopy.READY),
              IntStream.range(0, copy.chunks())
                  .mapToObj(c -> copy.pack(c, new Scratch()))
                  .toList());
          assertFalse(copy.isComplete());
          FileStrips strips = weights.strips(tensor, 1);
          PackedProducts products = filled(kernels, new float[COLUMNS], 1, arena);
          float[] y = new float[ROWS];
          Stream<Boolean> done =
              Stream.of(0, 32, 64, 0)
                  .map(r -> strips.multiply(products, r, 0, 1, y, r, ROWS, 0, new Scratch()));
          assertEquals(List.of(true, false, true, true), done.toList());
        }
      }
    }
  }
}
