package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina bench} on the embedded model and on a synthetic one. */
class BenchCommandTest {
  @TempDir private Path folder;

  @Test
  void tableHasARowForEachTest() {
    Cli.Outcome outcome = Cli.run("bench", "-p", "8,16", "-n", "2", "-r", "1", "-t", "2");
    assertEquals(0, outcome.code(), outcome.err());
    String[] lines = outcome.out().split("\n");
    assertEquals(7, lines.length, outcome.out());
    assertTrue(lines[0].startsWith("| model "), lines[0]);
    assertTrue(
        lines[2].startsWith("| qwen2 5M Q4_K - Medium         |   3.08 MiB |     5.25 M | CPU "));
    assertTrue(lines[2].contains("|             pp8 |"), lines[2]);
    assertTrue(lines[3].contains("|            pp16 |"), lines[3]);
    assertTrue(lines[4].contains("|             tg2 |"), lines[4]);
  }

  @Test
  void speedsAreTokensOverTime() throws IOException {
    Cli.Outcome outcome = Cli.run("bench", "-p", "0", "-n", "4", "-r", "3", "-o", "json");
    assertEquals(0, outcome.code(), outcome.err());
    JsonNode list = new ObjectMapper().readTree(outcome.out());
    assertEquals(1, list.size());
    JsonNode samples = list.get(0).get("samples_ns");
    assertEquals(3, samples.size());
    for (int i = 0; i < 3; i++) {
      double speed = 4e9 / samples.get(i).asLong();
      // Six digits, as in llama-bench.
      assertEquals(speed, list.get(0).get("samples_ts").get(i).asDouble(), 1e-5 * speed);
    }
  }

  @Test
  void combinationsAreMeasuredAtTheirDepth() {
    Cli.Outcome outcome =
        Cli.run(
            "bench -p 4-8*2 -n 0 -pg 4,2 -d 0,16 -t 1,2 -ub 2 -ctk q8_0 -fa 1 -r 2 --no-warmup --progress"
                .split(" "));
    assertEquals(0, outcome.code(), outcome.err());
    List<String> rows = outcome.out().lines().filter(line -> line.startsWith("| qwen2")).toList();
    List<String> oneThread =
        List.of("pp4", "pp8", "pp4+tg2", "pp4 @ d16", "pp8 @ d16", "pp4+tg2 @ d16");
    List<String> expected = new ArrayList<>();
    for (int threads = 1; threads <= 2; threads++) {
      for (String test : oneThread) {
        expected.add("CPU | " + threads + " | 2 | q8_0 | 1 | " + test);
      }
    }
    assertEquals(
        expected,
        rows.stream()
            .map(row -> row.replaceAll(" +", " ").replaceAll(".*(CPU .*) \\| .*± .*", "$1"))
            .toList());
    List<String> progress = outcome.err().lines().toList();
    assertEquals("lamina bench: benchmark 1/12: starting", progress.getFirst());
    assertEquals("lamina bench: benchmark 12/12: generation run 2/2", progress.getLast());
    assertTrue(progress.contains("lamina bench: benchmark 4/12: depth run"), outcome.err());
    assertTrue(progress.contains("lamina bench: benchmark 5/12: depth run (cached)"));
  }

  private static JsonNode json(String line) throws IOException {
    Cli.Outcome outcome = Cli.run((line + " -n 0 -r 1 --no-warmup -o json").split(" "));
    assertEquals(0, outcome.code(), outcome.err());
    return new ObjectMapper().readTree(outcome.out());
  }

  @Test
  void devicesAndSplitModesAreLists() throws IOException {
    List<String> rows = new ArrayList<>();
    for (JsonNode row : json("bench -p 4 -sm layer,none -dev none,auto -ngl 0")) {
      rows.add(row.get("split_mode").asText() + " " + row.get("devices").asText());
    }
    assertEquals(List.of("layer none", "layer auto", "none none", "none auto"), rows);
    assertError("expected none, layer, row, tensor", "-sm", "column");
    assertError("nothing", "-dev", "nothing:0");
  }

  /** Each test has the places of its threads, and leaves the next one's alone. */
  @Test
  void placesOfThreadsAreThoseOfTheReport() throws IOException {
    JsonNode rows = json("bench -p 4 -t 1 -C 0x1,0x0 --cpu-strict 1 --poll 0 --prio -1");
    assertEquals("0x1", rows.get(0).get("cpu_mask").asText());
    assertEquals("0x0", rows.get(1).get("cpu_mask").asText());
    assertTrue(rows.get(1).get("cpu_strict").asBoolean());
    assertEquals(0, rows.get(1).get("poll").asInt());
  }

  /** Options of llama-bench without effect have rows and fields too. */
  @Test
  void optionsWithoutEffectAreReported() throws IOException {
    Map<String, String> fields =
        Map.ofEntries(
            Map.entry("-fitt 0,512", "fit_target"),
            Map.entry("-fitc 0,4096", "fit_min_ctx"),
            Map.entry("-ncmoe 0-1", "n_cpu_moe"),
            Map.entry("-lm mmap,mmap+mlock", "load_mode"),
            Map.entry("-mmp 1,0", "load_mode"),
            Map.entry("-dio 0,1", "load_mode"),
            Map.entry("-lzm auto,off", "lazy_mode"),
            Map.entry("--no-host 0,1", "no_host"),
            Map.entry("-nopo 0,1", "no_op_offload"),
            Map.entry("-C 0x3,0xff", "cpu_mask"),
            Map.entry("--cpu-strict 0,1", "cpu_strict"),
            Map.entry("--poll 0,50", "poll"),
            Map.entry("-nkvo 0,1", "no_kv_offload"));
    for (Map.Entry<String, String> entry : fields.entrySet()) {
      String[] option = entry.getKey().split(" ");
      JsonNode rows = json("bench -p 4 " + entry.getKey());
      assertEquals(2, rows.size(), entry.getKey());
      String first = rows.get(0).get(entry.getValue()).asText();
      String second = rows.get(1).get(entry.getValue()).asText();
      assertNotEquals(first, second, entry.getKey());
      Cli.Outcome table =
          Cli.run(("bench -p 4 -n 0 -r 1 --no-warmup " + entry.getKey()).split(" "));
      assertEquals(4, table.out().lines().filter(l -> l.startsWith("|")).count(), table.out());
      assertEquals(ExitCodes.USAGE, Cli.run("bench", option[0], "x,1").code(), option[0]);
    }
    JsonNode row = json("bench -p 4 -embd 0 --poll 7 -lm dio").get(0);
    assertFalse(row.get("embeddings").asBoolean());
    assertEquals(7, row.get("poll").asInt());
    assertEquals("dio", row.get("load_mode").asText());
    assertEquals(ExitCodes.USAGE, Cli.run("bench", "-embd", "1").code());
  }

  @Test
  void severalModelsMayBeInOneWord() throws IOException {
    Path first = folder.resolve("a.gguf");
    try (GgufFile file = DemoModel.open()) {
      GgufWriter writer = new GgufWriter().putAll(file.metadata());
      file.tensors().values().forEach(writer::tensor);
      writer.write(first);
    }
    assertEquals(2, json("bench -p 4 -m " + first + "," + first).size());
    assertEquals(3, json("bench -p 4 -m " + first + " -m " + first + "," + first).size());
    Cli.Outcome missing = Cli.run("bench", "-m", first + "," + folder.resolve("none.gguf"));
    assertEquals(ExitCodes.ERROR, missing.code());
    assertTrue(missing.err().contains("none.gguf does not exist"), missing.err());
  }

  @Test
  void secondReportGoesToStandardError() {
    Cli.Outcome outcome = Cli.run("bench -p 4 -n 0 -r 1 --no-warmup -o sql -oe csv".split(" "));
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().startsWith("CREATE TABLE"), outcome.out());
    assertTrue(outcome.err().startsWith("build_commit,"), outcome.err());
    assertEquals(2, outcome.err().lines().count());
  }

  @Test
  void baselineIsOneOfTheModels() {
    Cli.Outcome outcome = Cli.run("bench -p 4 -n 0 -r 1 --no-warmup --baseline q4_k_m".split(" "));
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().contains("| % of baseline |"), outcome.out());
    assertTrue(outcome.out().contains("|         100.0 |"), outcome.out());
    assertError("the models are of the types Q4_K_M", "--baseline", "Q4_0");
  }

  @Test
  void syntheticModelIsKeptIfAsked() {
    Path file = folder.resolve("synthetic.gguf");
    Cli.Outcome outcome =
        Cli.run(
            "bench",
            "--synthetic",
            "qwen3-0.6b:pure-IQ1_S",
            "--save",
            file.toString(),
            "-p",
            "2",
            "-n",
            "0",
            "-r",
            "1",
            "-o",
            "csv");
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().contains("\"qwen3 0.6B IQ1_S - 1.5625 bpw\""), outcome.out());
    assertTrue(Files.exists(file));
  }

  @Test
  void badOptionsGiveOneLine() {
    assertError("nothing to measure", "-p", "0", "-n", "0");
    assertError("expected SHAPE:TYPE", "--synthetic", "qwen2.5-3b");
    assertError("no file type 'Q9'; there are F32, ", "--synthetic", "qwen2.5-3b:Q9");
    assertError("--synthetic, which is missing", "--save", "x.gguf");
    assertError("repetitions is 0, expected 1 or more", "-r", "0");
    assertError("-p is '8x', expected", "-p", "8x");
    assertError("-pg is '8', expected two numbers", "-pg", "8");
    assertError("-pg is '0,0', expected two numbers", "-pg", "0,0");
    assertError("-fa is '2', expected on", "-fa", "2");
    assertError("-ctk is 'q9', expected one of [f32, f16, bf16, q8_0, q4_0", "-ctk", "q9");
    assertError("--repack is '2', expected 0 or 1", "--repack", "2");
    assertError(
        "--cpu-kernels: there are no kernels 'x'; there are auto, ", "--cpu-kernels", "vector,x");
    assertError("ubatch size is 0", "-ub", "0");
    assertError("-ngl is '1,x', expected", "-ngl", "1,x");
    assertError("delay is -1", "--delay", "-1");
    assertError("does not exist", "-m", folder.resolve("absent.gguf").toString());
  }

  private static void assertError(String part, String... options) {
    String[] args = new String[options.length + 1];
    args[0] = "bench";
    System.arraycopy(options, 0, args, 1, options.length);
    Cli.Outcome outcome = Cli.run(args);
    assertFalse(outcome.code() == 0);
    assertTrue(outcome.err().contains(part), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
  }
}
