package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.kernels.TensorType;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitWriterTest {
  @TempDir private Path folder;

  private static TensorSpec spec(String name, long bytes) {
    return new TensorSpec(
        name,
        TensorType.I8,
        List.of(bytes),
        TensorData.of(MemorySegment.ofArray(new byte[(int) bytes])));
  }

  private static List<List<String>> names(List<List<TensorSpec>> parts) {
    return parts.stream().map(part -> part.stream().map(TensorSpec::name).toList()).toList();
  }

  private static final List<TensorSpec> FIVE =
      List.of(spec("a", 32), spec("b", 33), spec("c", 64), spec("d", 1), spec("e", 32));

  @Test
  void tensorsAreDistributedInOrder() {
    assertEquals(
        List.of(List.of("a", "b"), List.of("c", "d"), List.of("e")),
        names(PartLimit.ofTensors(2).distribute(FIVE)));
    assertEquals(
        List.of(List.of("a", "b"), List.of("c", "d"), List.of("e")),
        names(PartLimit.ofBytes(96).distribute(FIVE)));
    assertEquals(
        List.of(List.of(), List.of("a", "b", "c", "d", "e")),
        names(PartLimit.ofTensors(5).withEmptyFirst().distribute(FIVE)));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> PartLimit.ofBytes(63).distribute(FIVE));
    assertEquals(
        "tensor b alone has 64 bytes, more than the 63 that a part may have", e.getMessage());
  }

  @Test
  void partsAreNamedAndNumbered() throws IOException {
    Path target = folder.resolve("m.gguf");
    SplitWriter.write(
        target,
        writer -> writer.put("general.name", "whole"),
        PartLimit.ofTensors(2).distribute(FIVE));
    List<Path> paths = SplitWriter.paths(target, 3);
    assertEquals("m-00003-of-00003.gguf", paths.get(2).getFileName().toString());
    assertEquals(paths, SplitWriter.paths(folder.resolve("m"), 3));
    try (GgufFile file = GgufFile.open(paths.getFirst())) {
      assertEquals(paths, file.paths());
      assertEquals(List.of("a", "b", "c", "d", "e"), List.copyOf(file.tensors().keySet()));
      assertEquals("whole", file.metadata().string("general.name"));
      assertEquals(2, file.parts().get(2).metadata().integer("split.no"));
      assertEquals(ValueType.U16, file.metadata().type("split.count"));
      assertEquals(ValueType.I32, file.metadata().type("split.tensors.count"));
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(3, files.count());
    }
  }

  @Test
  void noPartIsLeftWhenOneFails() throws IOException {
    TensorSpec failing =
        new TensorSpec(
            "f",
            TensorType.I8,
            List.of(1L),
            _ -> {
              throw new IOException("No space left on device");
            });
    List<TensorSpec> tensors = new ArrayList<>(FIVE);
    tensors.add(failing);
    Path target = folder.resolve("m.gguf");
    List<List<TensorSpec>> parts = PartLimit.ofTensors(2).distribute(tensors);
    assertThrows(IOException.class, () -> SplitWriter.write(target, _ -> {}, parts));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void partsAreThoseOfGgufSplit() throws IOException {
    Path whole = GoldenData.file("models/shakespeare-5m-Q4_K_M.gguf");
    Path target = folder.resolve("shakespeare-5m-Q4_K_M.gguf");
    try (GgufFile file = GgufFile.open(whole)) {
      List<TensorSpec> tensors = file.tensors().values().stream().map(TensorSpec::of).toList();
      SplitWriter.write(
          target,
          writer -> writer.putAll(file.metadata()),
          PartLimit.ofTensors(30).distribute(tensors));
    }
    for (Path part : SplitWriter.paths(target, 3)) {
      Path expected = GoldenData.file("models/split").resolve(part.getFileName());
      assertEquals(-1, Files.mismatch(expected, part), part.toString());
    }
  }
}
