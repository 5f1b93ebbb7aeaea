package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.gguf.GgufFile;
import dev.lamina.engine.gguf.GgufWriter;
import dev.lamina.engine.quantize.QuantizeType;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina quantize}, {@code split} and {@code merge}. */
class QuantizeTest {
  @TempDir private Path folder;
  private Path model;

  /** Of 1.3 MB, so that parts of a megabyte differ from the whole. */
  @BeforeEach
  void writeModel() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .put("general.architecture", "llama")
            .u32("llama.block_count", 1)
            .u32("llama.attention.head_count", 4)
            .u32("llama.attention.head_count_kv", 1);
    matrix(writer, "output.weight", 1024);
    matrix(writer, "token_embd.weight", 1024);
    matrix(writer, "blk.0.attn_v.weight", 256);
    matrix(writer, "blk.0.ffn_down.weight", 256);
    writer.tensor(
        "blk.0.attn_norm.weight",
        TensorType.F32,
        List.of(256L),
        MemorySegment.ofArray(new byte[1024]));
    model = folder.resolve("model.gguf");
    writer.write(model);
  }

  private static void matrix(GgufWriter writer, String name, long rows) {
    byte[] data = new byte[(int) rows * 512];
    new Random(rows).nextBytes(data);
    writer.tensor(name, TensorType.F16, List.of(256L, rows), MemorySegment.ofArray(data));
  }

  private Cli.Outcome run(String line) {
    String[] words = line.split(" ");
    String[] args =
        Arrays.stream(words)
            .map(word -> word.endsWith(".gguf") ? folder.resolve(word).toString() : word)
            .toArray(String[]::new);
    return Cli.run(args);
  }

  private void assertFails(String line, String expected) throws IOException {
    List<Path> before = files();
    Cli.Outcome outcome = run(line);
    assertEquals(ExitCodes.ERROR, outcome.code(), outcome.err());
    assertTrue(outcome.err().startsWith("error: "), outcome.err());
    assertTrue(outcome.err().contains(expected), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertEquals(before, files());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void helpNamesAllTypes() {
    String help = Cli.run("quantize", "--help").out().replaceAll("\\s+", " ");
    for (String name : QuantizeType.names()) {
      assertTrue(help.contains(" " + name + ",") || help.contains(name + ";"), name + help);
    }
  }

  @Test
  void dryRunShowsTypesAndWritesNothing() throws IOException {
    Cli.Outcome outcome = run("quantize --dry-run model.gguf q4_k_m");
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(
        outcome.out().lines().anyMatch(l -> l.matches("output.weight +256 x 1024 .* Q6_K .*KiB")),
        outcome.out());
    assertTrue(outcome.out().contains("types  F32 1, Q4_K 1, Q6_K 3"), outcome.out());
    assertEquals(List.of(model), files());
    Cli.Outcome needing = run("quantize --dry-run model.gguf IQ2_XS");
    assertEquals(0, needing.code(), needing.err());
    assertTrue(needing.err().contains("note: tensor"), needing.err());
    assertTrue(needing.err().contains("--imatrix FILE"), needing.err());
  }

  @Test
  void copyNamesItsFileAfterTheType() throws IOException {
    Cli.Outcome outcome = run("quantize model.gguf COPY --override-kv general.name=str:Mine");
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().contains("16.01 to 16.01 bits per weight"), outcome.out());
    try (GgufFile file = GgufFile.open(folder.resolve("ggml-model-COPY.gguf"))) {
      assertEquals("Mine", file.metadata().string("general.name"));
      assertEquals(
          List.of(
              "output.weight",
              "token_embd.weight",
              "blk.0.attn_norm.weight",
              "blk.0.attn_v.weight",
              "blk.0.ffn_down.weight"),
          List.copyOf(file.tensors().keySet()));
    }
  }

  @Test
  void splitAndMergeGiveTheSameFile() throws IOException {
    for (String options :
        List.of("--split-max-tensors 2", "--split-max-size 1M", "--no-tensor-first-split")) {
      Cli.Outcome split = run("split " + options + " model.gguf part.gguf");
      assertEquals(0, split.code(), split.err());
      String first = split.out().lines().findFirst().orElseThrow().split(" ")[0];
      Cli.Outcome merge = run("merge " + Path.of(first).getFileName() + " merged.gguf");
      assertEquals(0, merge.code(), merge.err());
      Path merged = folder.resolve("merged.gguf");
      assertEquals(-1, Files.mismatch(model, merged), options);
      assertFails("merge " + Path.of(first).getFileName() + " merged.gguf", "exists already");
      assertFails(
          "split " + options + " " + Path.of(first).getFileName() + " part.gguf",
          "is the file that is read");
      Files.delete(merged);
    }
    assertFails("merge model.gguf merged.gguf", "is not split");
  }

  @Test
  void quantisedFilesCanBeSplit() throws IOException {
    run("quantize model.gguf big.gguf COPY --split-max-size 1M");
    assertTrue(Files.exists(folder.resolve("big-00002-of-00002.gguf")));
    run("quantize --keep-split big-00001-of-00002.gguf kept.gguf COPY");
    assertTrue(Files.exists(folder.resolve("kept-00002-of-00002.gguf")));
    assertFails(
        "quantize --keep-split big-00001-of-00002.gguf big.gguf COPY", "is the file that is read");
  }

  @Test
  void whatCannotBeDoneGivesOneLineAndLeavesNothing() throws IOException {
    Files.createSymbolicLink(folder.resolve("link.gguf"), model);
    Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(Files.readAllBytes(model), 500_000));
    assertFails("quantize model.gguf model.gguf COPY", "is the file that is read");
    assertFails("quantize model.gguf link.gguf COPY", "is the file that is read");
    assertFails("quantize link.gguf model.gguf COPY", "is the file that is read");
    assertFails("quantize model.gguf none/x.gguf COPY", "there is no folder");
    assertFails("quantize cut.gguf x.gguf COPY", "damaged or not fully downloaded");
    assertFails("quantize none.gguf x.gguf COPY", "does not exist");
    assertFails("quantize model.gguf x.gguf IQ1_S", "--imatrix FILE");
    assertFails("quantize model.gguf x.gguf Q4_0 --imatrix model.gguf", "no importance matrix");
    assertFails("quantize model.gguf x.gguf Q4_0 --tensor-type foo=q8_0", "contains foo");
    assertFails(
        "quantize model.gguf x.gguf COPY --override-kv general.alignment=int:7", "alignment 7");
  }
}
