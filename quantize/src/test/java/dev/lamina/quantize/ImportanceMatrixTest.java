package dev.lamina.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.kernels.TensorType;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportanceMatrixTest {
  @TempDir private Path folder;

  private static ImportanceMatrix example() {
    Map<String, ImportanceMatrix.Entry> entries = new LinkedHashMap<>();
    entries.put("b", new ImportanceMatrix.Entry(new float[] {4, 8}, new float[] {8}));
    entries.put("a", new ImportanceMatrix.Entry(new float[] {4, 8, 5, 6}, new float[] {2, 0}));
    return new ImportanceMatrix(entries, List.of("text.txt"), 2, 4);
  }

  @Test
  void importanceIsTheMean() {
    Map<String, ImportanceMatrix.Entry> entries = example().entries();
    assertArrayEquals(new float[] {0.5f, 1}, entries.get("b").importance());
    assertArrayEquals(new float[] {2, 4, 1, 1}, entries.get("a").importance());
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImportanceMatrix.Entry(new float[3], new float[2]));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImportanceMatrix.Entry(new float[] {Float.NaN}, new float[1]));
  }

  /** As in llama.cpp, which multiplies by the whole matrix. */
  @Test
  void partsOfAMatrixCountOnceUnderItsName() {
    GgufTensor fused =
        new GgufTensor(
            "blk.0.attn_qkv.weight",
            TensorType.F32,
            List.of(2L, 8L),
            MemorySegment.ofArray(new byte[64]));
    ImportanceCollector collector = new ImportanceCollector(false);
    float[] input = {1, 2, 3, 4};
    for (int part = 0; part < 4; part++) {
      collector.input(fused.rows("blk.0.attn_" + part + ".weight", 2 * part, 2), input, 2);
    }
    Map<String, ImportanceMatrix.Entry> entries = collector.matrix(List.of(), 1, 2).entries();
    assertEquals(List.of("blk.0.attn_qkv.weight"), List.copyOf(entries.keySet()));
    assertArrayEquals(new float[] {5, 10}, entries.get("blk.0.attn_qkv.weight").importance());
  }

  @Test
  void filesOfOthersComeBackToTheByte() throws IOException {
    Path golden = GoldenData.file("golden/demo.imatrix.gguf");
    ImportanceMatrix matrix = ImportanceMatrix.read(golden);
    assertEquals(42, matrix.entries().size());
    assertEquals(47, matrix.chunkCount());
    assertEquals(256, matrix.chunkSize());
    assertEquals(768, matrix.entries().get("blk.5.ffn_down.weight").size());
    Path copy = folder.resolve("copy.gguf");
    matrix.write(copy);
    assertEquals(-1, Files.mismatch(golden, copy));
  }

  @Test
  void bothLayoutsHoldTheSame() throws IOException {
    Path gguf = folder.resolve("imatrix.gguf");
    Path legacy = folder.resolve("imatrix.dat");
    example().write(gguf);
    example().writeLegacy(legacy);
    for (Path path : List.of(gguf, legacy)) {
      ImportanceMatrix read = ImportanceMatrix.read(path);
      assertEquals(List.of("b", "a"), List.copyOf(read.entries().keySet()));
      assertEquals(List.of("text.txt"), read.datasets());
      assertEquals(2, read.chunkCount());
      example()
          .entries()
          .forEach((name, entry) ->
              assertArrayEquals(entry.importance(), read.entries().get(name).importance()));
    }
  }

  /** Name, calls, values times calls; files of early 2024 end after the entries. */
  @Test
  void legacyLayout() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(1).putInt(2).put((byte) 'a').put((byte) 'b').putInt(4).putInt(2);
    bytes.putFloat(8).putFloat(2);
    Path path = folder.resolve("imatrix.dat");
    Files.write(path, Arrays.copyOf(bytes.array(), bytes.position()));
    ImportanceMatrix matrix = ImportanceMatrix.read(path);
    assertArrayEquals(new float[] {2, 0.5f}, matrix.entries().get("ab").importance());
    assertEquals(0, matrix.chunkCount());
    assertEquals(List.of(), matrix.datasets());
    for (int length = 0; length < bytes.position(); length++) {
      Files.write(path, Arrays.copyOf(bytes.array(), length));
      assertThrows(GgufFormatException.class, () -> ImportanceMatrix.read(path));
    }
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("x.dat"), "once upon a time there was a model");
    assertFails(text, "is no importance matrix");
    assertFails(folder, "is a directory");
    assertFails(folder.resolve("none"), "there is no such file");
    Path gguf = folder.resolve("x.gguf");
    new GgufWriter().put("general.type", "model").write(gguf);
    assertFails(gguf, "is no importance matrix, expected tensors named *.in_sum2");
    MemorySegment data = MemorySegment.ofArray(new byte[8]);
    new GgufWriter().tensor("a.in_sum2", TensorType.F32, List.of(2L), data).write(gguf);
    assertFails(gguf, "tensor a.counts is missing");
    new GgufWriter()
        .tensor("a.in_sum2", TensorType.F32, List.of(2L), data)
        .tensor("a.counts", TensorType.F16, List.of(4L), data)
        .write(gguf);
    assertFails(gguf, "importance of a: is of type F16, expected F32");
  }

  private static void assertFails(Path path, String expected) {
    String message =
        assertThrows(GgufFormatException.class, () -> ImportanceMatrix.read(path)).getMessage();
    assertTrue(message.contains(expected), message);
  }
}
