package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths that are no files, files over 2 GiB, and split files. */
class GgufFilesTest {
  @TempDir private Path folder;

  private static void assertFails(Path path, String... expected) {
    GgufFormatException e =
        assertThrows(GgufFormatException.class, () -> GgufFile.open(path).close());
    for (String part : expected) {
      assertTrue(e.getMessage().contains(part), e.getMessage() + "\nshould contain: " + part);
    }
  }

  @Test
  void pathsThatAreNoFiles() throws IOException {
    assertFails(folder, folder + ": is a directory");
    assertFails(folder.resolve("none.gguf"), "none.gguf: there is no such file");
    Path empty = Files.createFile(folder.resolve("empty.gguf"));
    assertFails(empty, empty + ": the file is empty");
  }

  @Test
  void devices() {
    Path device = Path.of("/dev/zero");
    assumeTrue(Files.exists(device), "/dev/zero absent");
    assertFails(device, "/dev/zero: is a device or pipe");
  }

  @Test
  void unreadable() throws IOException {
    Path path = Files.createFile(folder.resolve("secret.gguf"));
    assumeTrue(path.toFile().setReadable(false), "permissions unknown to the file system");
    assumeFalse(Files.isReadable(path), "the superuser reads everything");
    assertFails(path, "secret.gguf: cannot be read, permission denied");
  }

  /** The file has a hole, so that it takes no space where the file system knows holes. */
  @Test
  void filesAndTensorsOverTwoGiB() throws IOException {
    long columns = (3L << 30) + 5;
    byte[] header =
        RawGguf.header(2, 0)
            .tensor("huge", TensorType.I8.ggufId(), 0, columns)
            .tensor("after", TensorType.I8.ggufId(), (3L << 30) + 32, 3)
            .data(0)
            .bytes();
    Path path = folder.resolve("huge.gguf");
    try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
      out.write(header);
      out.seek(header.length + columns - 1);
      out.write(42);
      out.seek(header.length + (3L << 30) + 32);
      out.write(new byte[] {1, 2, 3});
    }
    try (GgufFile file = GgufFile.open(path)) {
      MemorySegment data = file.tensors().get("huge").data();
      assertEquals(columns, data.byteSize());
      assertEquals(0, data.get(ValueLayout.JAVA_BYTE, columns - 2));
      assertEquals(42, data.get(ValueLayout.JAVA_BYTE, columns - 1));
      assertEquals(3, file.tensors().get("after").data().get(ValueLayout.JAVA_BYTE, 2));
      assertEquals(header.length + (3L << 30) + 35, file.bytes());
    }
  }

  @Test
  void dataCannotBeTouchedOnceClosed() throws IOException {
    Path path = folder.resolve("model.gguf");
    part(0, 1, 1, "w").write(path);
    GgufFile file = GgufFile.open(path);
    MemorySegment data = file.tensors().get("w").data();
    assertTrue(data.isReadOnly());
    file.close();
    assertThrows(IllegalStateException.class, () -> data.get(ValueLayout.JAVA_BYTE, 0));
  }

  private static GgufWriter part(int number, int count, int nTensors, String... names) {
    GgufWriter writer =
        new GgufWriter()
            .put("split.no", ValueType.U16, number)
            .put("split.count", ValueType.U16, count)
            .put("split.tensors.count", ValueType.I32, nTensors);
    for (String name : names) {
      MemorySegment data = MemorySegment.ofArray(new byte[] {(byte) number});
      writer.tensor(name, TensorType.I8, List.of(1L), data);
    }
    return writer;
  }

  private Path path(int number, int count) {
    return folder.resolve(String.format("m-%05d-of-%05d.gguf", number, count));
  }

  private void writeParts() throws IOException {
    part(0, 3, 4, "a", "b").put("general.name", "whole").write(path(1, 3));
    part(1, 3, 4, "c").write(path(2, 3));
    part(2, 3, 4, "d").write(path(3, 3));
  }

  @Test
  void splitFile() throws IOException {
    writeParts();
    try (GgufFile file = GgufFile.open(path(1, 3))) {
      assertEquals(List.of("a", "b", "c", "d"), List.copyOf(file.tensors().keySet()));
      assertEquals(2, file.tensors().get("d").data().get(ValueLayout.JAVA_BYTE, 0));
      assertEquals("whole", file.metadata().string("general.name"));
      assertEquals(3, file.parts().size());
      assertEquals(path(3, 3).toString(), file.parts().get(2).name());
      assertEquals(
          Files.size(path(1, 3)) + Files.size(path(2, 3)) + Files.size(path(3, 3)), file.bytes());
    }
  }

  @Test
  void anotherPartThanTheFirst() throws IOException {
    writeParts();
    assertFails(
        path(2, 3),
        "m-00002-of-00003.gguf: is part 2 of 3",
        "open the first part, m-00001-of-00003.gguf");
  }

  @Test
  void missingPart() throws IOException {
    writeParts();
    Files.delete(path(2, 3));
    assertFails(
        path(1, 3), "m-00001-of-00003.gguf: part 2 of 3 is missing, expected " + path(2, 3));
  }

  @Test
  void renamedPart() throws IOException {
    writeParts();
    Path renamed = folder.resolve("model.gguf");
    Files.move(path(1, 3), renamed);
    assertFails(renamed, "is part 1 of 3", "to be named NAME-00001-of-00003.gguf");
    Files.move(renamed, path(1, 4));
    assertFails(path(1, 4), "is part 1 of 3", "to be named NAME-00001-of-00003.gguf");
  }

  @Test
  void partsThatDisagree() throws IOException {
    writeParts();
    part(2, 3, 4, "c").write(path(2, 3));
    assertFails(path(1, 3), path(2, 3) + ": metadata key split.no is 2, expected 1");
    part(1, 2, 4, "c").write(path(2, 3));
    assertFails(path(1, 3), path(2, 3) + ": metadata key split.count is 2, expected 3");
    part(1, 3, 5, "c").write(path(2, 3));
    assertFails(path(1, 3), path(2, 3) + ": metadata key split.tensors.count is 5, expected 4");
    part(1, 3, 4, "c").remove("split.no").write(path(2, 3));
    assertFails(path(1, 3), path(2, 3) + ": metadata key split.no is missing");
    part(1, 3, 4, "c", "e").write(path(2, 3));
    assertFails(path(1, 3), path(1, 3) + ": metadata key split.tensors.count is 4, expected 5");
    part(1, 3, 4, "a").write(path(2, 3));
    assertFails(path(1, 3), path(2, 3) + ": tensor a: is also in an earlier part");
  }

  @Test
  void damagedPart() throws IOException {
    writeParts();
    byte[] bytes = Files.readAllBytes(path(3, 3));
    Files.write(path(3, 3), java.util.Arrays.copyOf(bytes, 100));
    assertFails(path(1, 3), path(3, 3) + ": metadata key");
  }

  @Test
  void impossibleCounts() throws IOException {
    Path path = folder.resolve("m-00001-of-00003.gguf");
    new GgufWriter().u32("split.count", 100_000).write(path);
    assertFails(path, "split.count is 100000, expected 0 to 99999");
    new GgufWriter().u32("split.count", 3).write(path);
    assertFails(path, "metadata key split.no is missing");
  }

  @Test
  void mergedFileThatStillNamesItsParts() throws IOException {
    Path path = folder.resolve("merged.gguf");
    part(0, 0, 2, "a", "b").write(path);
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals(1, file.parts().size());
      assertEquals(2, file.tensors().size());
    }
  }
}
