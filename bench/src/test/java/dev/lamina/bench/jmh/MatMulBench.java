package dev.lamina.bench.jmh;

import dev.lamina.bench.synthetic.RandomBlocks;
import dev.lamina.cpu.kernel.MatMul;
import dev.lamina.cpu.kernel.PackedInput;
import dev.lamina.cpu.kernel.PackedMatMul;
import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.cpu.machine.MachineProducts;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.kernels.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time of one product of a matrix, [rows, columns], with activations, [tokens, columns], on one
 * thread. Of several threads ({@code -t}) each has a matrix of its own. A matrix that fits a cache
 * stays there: for the speed from memory, as in decoding, ask for more rows.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class MatMulBench {
  /** The weights in the layout of the file. */
  @State(Scope.Thread)
  public static class Mapped extends Operands {
    @Param({
      "F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K",
      "Q6_K", "IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ4_NL",
      "IQ4_XS", "TQ1_0", "TQ2_0", "MXFP4", "NVFP4"
    })
    public TensorType type;

    private MatMul kernel;
    private MemorySegment weights;

    @Setup(Level.Trial)
    public void fill() throws IOException {
      allocate();
      weights = weights(type);
      kernel = MatMul.of(type);
    }
  }

  /** A repacked copy, and activations in 8 bits; rounding them is not timed. */
  @State(Scope.Thread)
  public static class Packed extends Operands {
    @Param({
      "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ1_S",
      "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ4_NL", "IQ4_XS", "TQ1_0",
      "TQ2_0", "MXFP4", "NVFP4"
    })
    public TensorType type;

    /** As of {@code --cpu-kernels}. */
    @Param({"vector", "auto"})
    public String kernels;

    private PackedProducts products;
    private PackedMatrix matrix;

    @Setup(Level.Trial)
    public void fill() throws IOException {
      allocate();
      MachineKernels machine = MachineKernels.of(CpuKernels.parse(kernels));
      products = machine == null ? new PackedInput() : new MachineProducts(machine, arena);
      MemorySegment weights = weights(type);
      matrix = PackedMatrix.allocate(type, rows, columns, products.dense(), arena);
      for (int strip = 0; strip < matrix.nStrips(); strip++) {
        matrix.pack(strip, weights.asSlice(strip * 16 * matrix.rowBytes()), scratch);
      }
      products.prepare(tokens, columns, matrix.asFloats());
      products.shape(tokens, columns);
      for (int group = 0; group * products.groupTokens() < tokens; group++) {
        products.fill(group, x, 0, matrix.asFloats(), scratch);
      }
    }
  }

  /** Shapes, activations and what products are written to. */
  @State(Scope.Thread)
  public abstract static class Operands {
    private static final long SEED = 1;
    private static final float RMS = 0.02f;

    @Param({"256", "2048"})
    public int rows;

    @Param({"2048", "11008"})
    public int columns;

    @Param({"1", "8", "64"})
    public int tokens;

    final Scratch scratch = new Scratch();
    final Arena arena = Arena.ofAuto();
    float[] x;
    float[] y;

    /** Called by the kinds of operands: JMH sets up what they inherit in no order. */
    void allocate() {
      Random random = new Random(SEED);
      x = new float[tokens * columns];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      y = new float[tokens * rows];
    }

    /** Random weights; in memory of the arena. */
    MemorySegment weights(TensorType type) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      new RandomBlocks(type, RMS, SEED)
          .writeTo(Channels.newChannel(bytes), type.bytes((long) rows * columns));
      MemorySegment heap = MemorySegment.ofArray(bytes.toByteArray());
      return arena.allocate(heap.byteSize(), Long.BYTES).copyFrom(heap);
    }
  }

  @Benchmark
  public float[] mapped(Mapped m) {
    for (int row = 0; row < m.rows; row += PackedMatMul.ROWS) {
      int end = Math.min(row + PackedMatMul.ROWS, m.rows);
      m.kernel.rows(
          m.weights, m.columns, row, end, m.x, 0, m.columns, m.tokens, m.y, 0, m.rows, m.scratch);
    }
    return m.y;
  }

  @Benchmark
  public float[] packed(Packed m) {
    for (int row = 0; row < m.rows; row += PackedProducts.ROWS) {
      int n = Math.min(PackedProducts.ROWS, m.rows - row);
      m.products.multiply(m.matrix, row, n, 0, m.tokens, m.y, row, m.rows, m.scratch);
    }
    return m.y;
  }
}
