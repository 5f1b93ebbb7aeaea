package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilePiecesTest {
  @TempDir Path folder;
  private byte[] whole;
  private List<GgufTensor> tensors;

  @BeforeEach
  void writeWhole() throws IOException {
    Random random = new Random(1);
    GgufWriter writer = new GgufWriter().put("general.architecture", "llama");
    for (int i = 0; i < 5; i++) {
      byte[] data = new byte[4 * 300];
      random.nextBytes(data);
      writer.tensor("t" + i, TensorType.F32, List.of(300L), MemorySegment.ofArray(data));
    }
    Path path = folder.resolve("whole.gguf");
    writer.write(path);
    whole = Files.readAllBytes(path);
    tensors = List.copyOf(GgufFile.of(MemorySegment.ofArray(whole), "x").tensors().values());
  }

  /** Names of the pieces, in one word. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "m.gguf.part1of2,m.gguf.part2of2",
        "m.gguf.part1of3,m.gguf.part2of3,m.gguf.part3of3",
        "m.gguf.part01of02,m.gguf.part02of02",
        "m.gguf.part-1-of-2,m.gguf.part-2-of-2",
        "m.gguf-split-a,m.gguf-split-b,m.gguf-split-c",
        "m.gguf.split-aa,m.gguf.split-ab",
        "m.gguf.part-a,m.gguf.part-b",
        "m.gguf.part_00,m.gguf.part_01",
        "m.gguf.part1,m.gguf.part2",
        "m.gguf.001,m.gguf.002",
        "m.gguf.aa,m.gguf.ab",
      })
  void piecesAreReadAsOneFile(String names) throws IOException {
    List<Path> pieces = Arrays.stream(names.split(",")).map(folder::resolve).toList();
    for (int header : new int[] {whole.length / pieces.size(), 40}) {
      cut(pieces, header);
      for (Path piece : pieces) { // any of them may be named
        try (GgufFile file = GgufFile.open(piece)) {
          assertEquals(pieces, file.paths());
          assertTrue(file.isReadFrom(pieces.getLast()));
          assertEquals(whole.length, file.bytes());
          assertSameTensors(file);
        }
      }
    }
  }

  @Test
  void twelvePiecesAreInOrder() throws IOException {
    List<Path> pieces =
        IntStream.rangeClosed(1, 12)
            .mapToObj(i -> folder.resolve("m.gguf.part" + i + "of12"))
            .toList();
    cut(pieces, 100);
    try (GgufFile file = GgufFile.open(pieces.get(10))) {
      assertSameTensors(file);
    }
  }

  @Test
  void aMissingPieceIsNamed() throws IOException {
    cut(List.of(folder.resolve("m.gguf.part1of3"), folder.resolve("m.gguf.part3of3")), 500);
    GgufFormatException e =
        assertThrows(
            GgufFormatException.class, () -> GgufFile.open(folder.resolve("m.gguf.part3of3")));
    assertTrue(e.getMessage().contains("piece 3 of 3"), e.getMessage());
    assertTrue(e.getMessage().contains("m.gguf.part2of3"), e.getMessage());
  }

  @Test
  void aFileWithSuchANameMayBeWhole() throws IOException {
    for (String name : List.of("m.gguf.part1of1", "m.gguf-split-a", "m.gguf.001", "m.partial")) {
      Path path = folder.resolve(name);
      Files.write(path, whole);
      try (GgufFile file = GgufFile.open(path)) {
        assertEquals(List.of(path), file.paths());
      }
    }
  }

  /** The first piece has {@code first} bytes, the others as many as each other. */
  private void cut(List<Path> pieces, int first) throws IOException {
    List<Integer> cuts = new ArrayList<>(List.of(0));
    int others = Math.ceilDiv(whole.length - first, pieces.size() - 1);
    for (int i = 0; i < pieces.size() - 1; i++) {
      cuts.add(first + i * others);
    }
    cuts.add(whole.length);
    for (int i = 0; i < pieces.size(); i++) {
      Files.write(pieces.get(i), Arrays.copyOfRange(whole, cuts.get(i), cuts.get(i + 1)));
    }
  }

  private void assertSameTensors(GgufFile file) {
    assertEquals("llama", file.metadata().string("general.architecture"));
    for (GgufTensor tensor : tensors) {
      assertArrayEquals(
          tensor.data().toArray(ValueLayout.JAVA_BYTE),
          file.tensors().get(tensor.name()).data().toArray(ValueLayout.JAVA_BYTE),
          tensor.name());
    }
  }
}
