package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.kernels.TensorType;
import dev.lamina.quantize.ImportanceMatrix;
import dev.lamina.quantize.QuantizeType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina quantize}, {@code split} and {@code merge}. */
class QuantizeTest {
  @TempDir private Path folder;
  private Path model;

  /** Writes a model of 1.3 MB, so that parts of a megabyte differ from the whole. */
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
    for (int i = 1; i < data.length; i += 2) {
      data[i] &= (byte) 0xbf; // of F16: below 2
    }
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

  private void assertTypes(String line, String... expected) {
    Cli.Outcome outcome = run(line);
    assertEquals(0, outcome.code(), outcome.err());
    for (String pattern : expected) {
      assertTrue(
          outcome.out().lines().anyMatch(l -> l.matches(pattern)), line + "\n" + outcome.out());
    }
  }

  @Test
  void rulesForTensors() throws IOException {
    Path rules = folder.resolve("rules.txt");
    Files.writeString(rules, "attn_v=q8_0\n  ffn_down=q5_k\ttoken_embd=q4_0\n");
    String values = "blk.0.attn_v.weight .* Q8_0 .*";
    String down = "blk.0.ffn_down.weight .* Q5_K .*";
    String file = " --tensor-type-file " + rules;
    assertTypes("quantize --dry-run" + file + " model.gguf Q4_K_M", values, down);
    // The first rule that fits counts, and the command line's come first.
    assertTypes(
        "quantize --dry-run" + file + " --tensor-type ffn=q6_k model.gguf Q4_K_M",
        values,
        "blk.0.ffn_down.weight .* Q6_K .*");
    assertTypes(
        "quantize --dry-run --tensor-type ffn=q3_k --tensor-type ffn_down=q8_0 model.gguf 15",
        "blk.0.ffn_down.weight .* Q3_K .*");
    Files.writeString(rules, "attn_v=q9");
    Cli.Outcome wrong = run("quantize --dry-run" + file + " model.gguf Q4_K_M");
    assertEquals(ExitCodes.USAGE, wrong.code());
    assertTrue(wrong.err().contains("rules.txt: no tensor type 'q9'"), wrong.err());
  }

  @Test
  void threadsMayBeAllProcessors() {
    for (String threads : List.of("1", "0", "-1", "3")) {
      Cli.Outcome outcome = run("quantize --dry-run model.gguf Q8_0 " + threads);
      assertEquals(0, outcome.code(), outcome.err());
    }
    for (String threads : List.of("x", "100000", "1.5")) {
      Cli.Outcome outcome = run("quantize --dry-run model.gguf Q8_0 " + threads);
      assertEquals(ExitCodes.USAGE, outcome.code(), outcome.err());
    }
    assertEquals(ExitCodes.USAGE, run("quantize model.gguf").code());
    assertEquals(ExitCodes.USAGE, run("quantize --dry-run").code());
  }

  @Test
  void partsOfAnImportanceMatrix() {
    Map<String, ImportanceMatrix.Entry> entries = new LinkedHashMap<>();
    for (String name : List.of("blk.0.attn_v.weight", "blk.0.ffn_down.weight")) {
      entries.put(name, new ImportanceMatrix.Entry(new float[256], new float[] {1}));
    }
    Path matrix = folder.resolve("im.gguf");
    try {
      new ImportanceMatrix(entries, List.of(), 1, 1).write(matrix);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String start = "quantize --imatrix im.gguf";
    String end = " model.gguf out.gguf IQ2_XS";
    assertEquals(0, run(start + end).code());
    Map<String, String> notes =
        Map.of(
            "--exclude-weights attn", "lacks blk.0.attn_v.weight",
            "--include-weights attn_v", "blk.0.ffn_down.weight becomes IQ2_XS, which needs its",
            "--exclude-weights blk", "needs an importance matrix; give one with --imatrix");
    for (Map.Entry<String, String> expected : notes.entrySet()) {
      Cli.Outcome outcome = run(start + " " + expected.getKey() + " --dry-run" + end);
      assertEquals(0, outcome.code(), outcome.err());
      assertTrue(outcome.err().contains(expected.getValue()), expected + outcome.err());
    }
    Cli.Outcome typo = run(start + " --exclude-weights foo --exclude-weights bar" + end);
    assertEquals(0, typo.code(), typo.err());
    assertTrue(typo.err().contains("no tensor whose name contains foo"), typo.err());
    assertEquals(
        ExitCodes.USAGE, run(start + " --include-weights a --exclude-weights b" + end).code());
    assertEquals(ExitCodes.USAGE, run("quantize --include-weights a" + end).code());
  }

  /** Readers treat the number as -1: there is no such token. */
  @Test
  void minusOneIsNoToken() throws IOException {
    String key = "tokenizer.ggml.eot_token_id";
    Cli.Outcome outcome = run("quantize model.gguf out.gguf COPY --override-kv " + key + "=int:-1");
    assertEquals(0, outcome.code(), outcome.err());
    byte[] bytes = Files.readAllBytes(folder.resolve("out.gguf"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(key) + key.length();
    assertEquals("\4\0\0\0\377\377\377\377", text.substring(at, at + 8)); // u32
  }

  /** Numbers beyond u32 are written as i64, unless the file has a type that cannot hold them. */
  @Test
  void keysTakeWhatLlamaCppTakes() throws IOException {
    String keys =
        "--override-kv a.i=int:-5,a.l=int:9223372036854775807,a.f=float:-1e-3,a.b=bool:true";
    Cli.Outcome outcome = run("quantize model.gguf out.gguf COPY " + keys);
    assertEquals(0, outcome.code(), outcome.err());
    try (GgufFile file = GgufFile.open(folder.resolve("out.gguf"))) {
      assertEquals(-5, file.metadata().wide("a.i"));
      assertEquals(Long.MAX_VALUE, file.metadata().wide("a.l"));
      assertEquals(-1e-3f, file.metadata().floating("a.f"));
      assertTrue(file.metadata().bool("a.b", false));
    }
    for (String wrong :
        List.of(
            "llama.block_count=int:-1",
            "llama.block_count=int:4294967296",
            "a.l=int:9223372036854775808",
            "a.f=float:1e39",
            "a.f=float:NaN")) {
      Cli.Outcome refused = run("quantize model.gguf x.gguf COPY --override-kv " + wrong);
      assertNotEquals(0, refused.code(), wrong);
      assertTrue(refused.err().contains(wrong.replaceFirst("=.*", "")), refused.err());
      assertEquals(1, refused.err().lines().count(), refused.err());
      assertFalse(Files.exists(folder.resolve("x.gguf")));
    }
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

  /** Parts are deleted only after the merged file exists. */
  @Test
  void mergingCanDeleteTheParts() throws IOException {
    assertEquals(0, run("split --split-max-tensors 2 model.gguf part.gguf").code());
    List<Path> before = files();
    String merge = "merge part-00001-of-00003.gguf merged.gguf --delete-splits";
    Cli.Outcome rehearsal = run(merge + " --dry-run");
    assertEquals(0, rehearsal.code(), rehearsal.err());
    assertTrue(rehearsal.out().contains("merged.gguf  5 tensors"), rehearsal.out());
    assertEquals(before, files());
    assertFails("merge part-00001-of-00003.gguf model.gguf --delete-splits", "exists already");
    assertFails("merge part-00001-of-00003.gguf none/x.gguf --delete-splits", "no folder");
    assertEquals(0, run(merge).code());
    assertEquals(List.of(folder.resolve("merged.gguf"), model), files());
    assertEquals(-1, Files.mismatch(model, folder.resolve("merged.gguf")));
  }

  @Test
  void quantizedFilesCanBeSplit() throws IOException {
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

  /** The library says what is wrong, and the command adds the option that caused it or helps. */
  @Test
  void refusalsNameTheOption() throws IOException {
    String start = "quantize model.gguf x.gguf ";
    assertFails(start + "Q4_0 --tensor-type foo=q8_0", "--tensor-type: the model has no tensor");
    assertFails(start + "Q4_0 --tensor-type foo=q8_0", "`lamina inspect --tensors` lists them");
    assertFails(start + "F16 --tensor-type attn=q8_0", "effect with F16; leave it out");
    assertFails(start + "Q4_0 --prune-layers 99", "--prune-layers: the model has no layer 99");
    assertFails(start + "Q4_0 --prune-layers 0", "--prune-layers: no layer would be left");
    assertFails(
        start + "COPY --override-kv general.alignment=int:7", "--override-kv general.alignment: ");
    assertFails(start + "IQ1_S", "needs an importance matrix; give one with --imatrix FILE");
    assertEquals(0, run("quantize model.gguf q8.gguf Q8_0").code());
    assertFails("quantize q8.gguf x.gguf Q4_0", "or lose quality with --allow-requantize");
    Files.writeString(folder.resolve("base.gguf"), "_logits_ and more than that");
    assertFails("quantize base.gguf x.gguf Q4_0", "(perplexity takes this file with --kl-div");
  }
}
