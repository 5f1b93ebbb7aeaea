package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.Session;
import dev.lamina.engine.testing.Golden;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.gguf.LoadMode;
import dev.lamina.gguf.TensorData;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A file that shrinks while it is mapped gives an error for every kind of reader. */
class ShrunkFileTest {
  private static final int COLUMNS = 512;
  private static final int ROWS = 2048;
  private static final int THREADS = 2;

  @TempDir private Path folder;

  static Stream<TensorType> weightTypes() {
    return Arrays.stream(TensorType.values()).filter(TensorType::holdsWeights);
  }

  private static void shrink(Path file, long size) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertToldOfTheChange(Executable read) {
    String message = assertThrows(GgufFormatException.class, read).getMessage();
    assertTrue(message.contains("changed while it was in use"), message);
    assertTrue(message.contains("weights.gguf: tensor w: "), message);
    assertEquals(1, message.lines().count());
  }

  private Path write(TensorType type) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(type.bytes((long) COLUMNS * ROWS))];
    new Random(1).nextBytes(bytes);
    Path file = folder.resolve("weights.gguf");
    new GgufWriter()
        .put("general.architecture", "none")
        .tensor("w", type, List.of((long) COLUMNS, (long) ROWS), MemorySegment.ofArray(bytes))
        .write(file);
    return file;
  }

  @ParameterizedTest
  @MethodSource("weightTypes")
  void isToldByAllReaders(TensorType type) throws IOException {
    Path file = write(type);
    try (GgufFile gguf = GgufFile.open(file);
        WorkerPool pool = new WorkerPool(THREADS)) {
      GgufTensor tensor = gguf.tensors().get("w");
      float[] values = new float[COLUMNS];
      Scratch scratch = new Scratch();
      WeightRows rows = new WeightRows(tensor, null);
      // Everything works before, often enough to be compiled.
      for (int row = 0; row < ROWS; row++) {
        rows.rows(row, 1, scratch);
        tensor.dequantize(row * rows.rowBytes(), COLUMNS, values, 0);
      }
      shrink(file, 4096);
      long last = (ROWS - 1) * rows.rowBytes();
      assertToldOfTheChange(() -> rows.rows(ROWS - 16, 16, scratch));
      assertToldOfTheChange(() -> tensor.dequantize(last, COLUMNS, values, 0));
      assertToldOfTheChange(() -> tensor.prefetch(0, tensor.data().byteSize()));
      assertToldOfTheChange(() ->
          TensorData.of(tensor).writeTo(Channels.newChannel(OutputStream.nullOutputStream())));
      for (CpuKernels kernels : Devices.kernels()) {
        if (isPacked(type)) {
          assertToldOfTheChange(() -> pack(tensor, kernels, pool));
        }
      }
      // The threads are still alive.
      AtomicInteger sum = new AtomicInteger();
      pool.run(100, (task, worker) -> sum.addAndGet(task));
      assertEquals(4950, sum.get());
    }
  }

  private static boolean isPacked(TensorType type) {
    return PackedMatrix.bytes(type, 16, COLUMNS, false) > 0;
  }

  private static void pack(GgufTensor tensor, CpuKernels kernels, WorkerPool pool) {
    try (PackedWeights packed = new PackedWeights(MachineKernels.of(kernels))) {
      packed.add(List.of(tensor), pool);
      PackedCopy copy = packed.get(tensor);
      for (int chunk = 0; chunk < copy.chunks(); chunk++) {
        copy.pack(chunk, new Scratch());
      }
    }
  }

  /** Only the pages of some rows are lost; the others can still be read. */
  @Test
  void readsWhatIsLeft() throws IOException {
    Path file = write(TensorType.F32);
    try (GgufFile gguf = GgufFile.open(file)) {
      GgufTensor tensor = gguf.tensors().get("w");
      shrink(file, 1 << 20);
      float[] values = new float[COLUMNS];
      tensor.dequantize(0, COLUMNS, values, 0);
      assertToldOfTheChange(() -> tensor.dequantize(4L * COLUMNS * (ROWS - 1), COLUMNS, values, 0));
    }
  }

  @Test
  void aRemovedOrReplacedFileIsStillRead() throws IOException {
    Path file = write(TensorType.F32);
    try (GgufFile gguf = GgufFile.open(file)) {
      Files.delete(file);
      Files.writeString(file, "another");
      ByteBuffer row = ByteBuffer.allocate(4 * COLUMNS);
      gguf.tensors().get("w").copy(0, MemorySegment.ofBuffer(row), 0, row.capacity());
    }
  }

  /**
   * The file shrinks in the middle of a text, with weights from the file and with repacked ones.
   */
  @Test
  void isToldInTheMiddleOfAText() throws IOException {
    for (boolean repack : new boolean[] {false, true}) {
      Path file = folder.resolve("demo.gguf");
      Files.deleteIfExists(file);
      Files.copy(Golden.DEMO, file);
      assertThrows(GgufFormatException.class, () -> writeText(file, repack));
    }
  }

  /** A file that is read into memory is not needed after the load. */
  @ParameterizedTest
  @EnumSource(LoadMode.class)
  void isNotNeededAfterItWasRead(LoadMode mode) throws IOException {
    for (boolean repack : new boolean[] {false, true}) {
      Path file = folder.resolve("demo.gguf");
      Files.deleteIfExists(file);
      Files.copy(Golden.DEMO, file);
      float[] expected = logits(file, LoadMode.MMAP, repack, () -> {});
      Runnable change = mode.isMapped() ? () -> {} : () -> shrink(file, 0);
      assertArrayEquals(expected, logits(file, mode, repack, change), mode + " " + repack);
    }
  }

  private static float[] logits(Path file, LoadMode mode, boolean repack, Runnable afterLoad) {
    RuntimeConfig config = new RuntimeConfig(64, 16, 1, TensorType.F16, TensorType.F16);
    CpuBackendProvider provider = new CpuBackendProvider();
    BackendOptions options = new BackendOptions(THREADS, repack, CpuKernels.AUTO);
    try (GgufFile gguf = GgufFile.open(file, mode);
        Backend backend = provider.open(provider.devices().getFirst(), options);
        Session session = new Session(Model.load(gguf, RopeOverrides.none()), backend, config)) {
      afterLoad.run();
      for (int i = 0; i < 20; i++) {
        session.eval(new int[] {300 + i, 700 + i});
      }
      return session.logits().clone();
    }
  }

  private static void writeText(Path file, boolean repack) {
    RuntimeConfig config = new RuntimeConfig(256, 64, 1, TensorType.F16, TensorType.F16);
    CpuBackendProvider provider = new CpuBackendProvider();
    BackendOptions options = new BackendOptions(THREADS, repack, CpuKernels.AUTO);
    try (GgufFile gguf = GgufFile.open(file);
        Backend backend = provider.open(provider.devices().getFirst(), options);
        Session session = new Session(Model.load(gguf, RopeOverrides.none()), backend, config)) {
      for (int i = 0; i < 100; i++) {
        session.eval(new int[] {300 + i});
      }
      shrink(file, 4096);
      for (int i = 0; i < 100; i++) {
        session.eval(new int[] {1300 + i});
      }
    }
  }
}
