package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** However a file is loaded, it has the same tensors. */
class LoadModeTest {
  private static final int COLUMNS = 256;
  private static final int ROWS = 24;

  @TempDir private Path folder;

  private static byte[] bytes(int tensor) {
    byte[] bytes = new byte[(int) TensorType.Q4_0.bytes((long) COLUMNS * ROWS)];
    new Random(tensor).nextBytes(bytes);
    return bytes;
  }

  private static GgufWriter writer(int first, int count) {
    GgufWriter writer = new GgufWriter().put("general.architecture", "none");
    for (int i = first; i < first + count; i++) {
      writer.tensor(
          "t" + i,
          TensorType.Q4_0,
          List.of((long) COLUMNS, (long) ROWS),
          MemorySegment.ofArray(bytes(i)));
    }
    return writer;
  }

  private Path write() throws IOException {
    Path file = folder.resolve("whole.gguf");
    writer(0, 5).write(file);
    return file;
  }

  /** The same model in each way that it can lie on a disk, by what the way is called. */
  private Map<String, Path> files() throws IOException {
    Map<String, Path> files = new LinkedHashMap<>();
    files.put("whole", write());
    for (int i = 0; i < 2; i++) {
      Path part = folder.resolve("split-0000%d-of-00002.gguf".formatted(i + 1));
      writer(3 * i, 3 - i)
          .put(SplitParts.NUMBER, ValueType.U32, (long) i)
          .put(SplitParts.COUNT, ValueType.U32, 2L)
          .put(SplitParts.TENSORS, ValueType.U32, 5L)
          .write(part);
      files.putIfAbsent("split", part);
    }
    byte[] all = Files.readAllBytes(files.get("whole"));
    int cut = all.length / 3 + 1;
    for (int i = 0; i < 3; i++) {
      Path piece = folder.resolve("cut.gguf.part%dof3".formatted(i + 1));
      Files.write(piece, Arrays.copyOfRange(all, i * cut, Math.min(all.length, (i + 1) * cut)));
      files.putIfAbsent("cut", piece);
    }
    return files;
  }

  @ParameterizedTest
  @EnumSource(LoadMode.class)
  void givesTheSameBytes(LoadMode mode) throws IOException {
    for (Map.Entry<String, Path> entry : files().entrySet()) {
      try (GgufFile file = GgufFile.open(entry.getValue(), mode)) {
        assertEquals(5, file.tensors().size(), entry.getKey());
        for (int i = 0; i < 5; i++) {
          GgufTensor tensor = file.tensors().get("t" + i);
          byte[] expected = bytes(i);
          assertArrayEquals(expected, copied(tensor), entry.getKey());
          GgufTensor rows = tensor.rows("part", 3, 5).rows("part of it", 1, 2);
          int row = expected.length / ROWS;
          assertArrayEquals(
              Arrays.copyOfRange(expected, 4 * row, 6 * row), copied(rows), entry.getKey());
          if (!mode.isMapped()) {
            assertFalse(tensor.isMapped());
            assertNull(tensor.memory(), "nothing is kept that was not asked for");
          }
          assertArrayEquals(expected, tensor.data().toArray(ValueLayout.JAVA_BYTE));
          assertArrayEquals(expected, tensor.stored().toArray(ValueLayout.JAVA_BYTE));
        }
      }
    }
  }

  /** In pieces of odd sizes at odd places, to arrays of each kind too. */
  private static byte[] copied(GgufTensor tensor) {
    int size = (int) tensor.byteSize();
    MemorySegment result = MemorySegment.ofArray(new float[size / 4 + 1]);
    for (int at = 0; at < size; at += 97) {
      tensor.copy(at, result, at, Math.min(97, size - at));
    }
    return result.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
  }

  @ParameterizedTest
  @CsvSource({"31", "32", "33"})
  void restoresInterleavedBlocks(int type) throws IOException {
    Path file = write();
    byte[] all = Files.readAllBytes(file);
    ByteBuffer fields = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 5; i++) {
      int name = new String(all, StandardCharsets.ISO_8859_1).indexOf("t" + i);
      fields.putInt(name + 2 + 4 + 16, type);
    }
    Files.write(file, all);
    try (GgufFile mapped = GgufFile.open(file);
        GgufFile read = GgufFile.open(file, LoadMode.NONE)) {
      for (GgufTensor tensor : mapped.tensors().values()) {
        GgufTensor same = read.tensors().get(tensor.name());
        assertTrue(same.isRestored());
        assertNotNull(same.memory());
        assertArrayEquals(copied(tensor), copied(same));
        assertFalse(Arrays.equals(bytes(0), copied(same)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LoadMode.class,
      names = {"NONE", "MLOCK", "DIRECT_IO"})
  void tellsWhenTheFileShrank(LoadMode mode) throws IOException {
    Path path = write();
    try (GgufFile file = GgufFile.open(path, mode)) {
      GgufTensor kept = file.tensors().get("t0");
      kept.data();
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.truncate(100);
      }
      assertArrayEquals(bytes(0), copied(kept));
      GgufTensor lost = file.tensors().get("t4");
      String message = assertThrows(GgufFormatException.class, () -> copied(lost)).getMessage();
      assertTrue(
          message.contains("whole.gguf: tensor t4: cannot be read: the file changed"), message);
      assertThrows(GgufFormatException.class, lost::data);
    }
  }

  @ParameterizedTest
  @EnumSource(LoadMode.class)
  void aReplacedFileIsStillRead(LoadMode mode) throws IOException {
    Path path = write();
    try (GgufFile file = GgufFile.open(path, mode)) {
      Path other = Files.write(folder.resolve("other"), new byte[10]);
      Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
      assertArrayEquals(bytes(4), copied(file.tensors().get("t4")));
    }
  }

  @Test
  void namesAreThoseOfLlamaCpp() {
    for (String name : List.of("auto", "none", "mmap", "mlock", "mmap+mlock", "dio")) {
      assertEquals(name, LoadMode.parse(name).label());
    }
    assertThrows(IllegalArgumentException.class, () -> LoadMode.parse("fast"));
  }
}
