package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code lamina bench -np} on the embedded model, and with a shell script in place of
 * llama-batched-bench.
 */
class BatchedBenchTest {
  /** Prints a result for each of {@code -npl}: a second for prompts and two for what follows. */
  private static final String ANSWER =
      """
      [ "$1" = --version ] && { echo 'version: 7 (abc)' >&2; exit; }
      echo "$*" >> '%s'
      while [ $# -gt 0 ]; do
        case $1 in
          -npp) p=$2;;
          -ntg) n=$2;;
          -npl) streams=$2;;
        esac
        shift
      done
      for pl in $(echo "$streams" | tr , ' '); do
        echo "{\\"pp\\": $p, \\"tg\\": $n, \\"pl\\": $pl, \\"t_pp\\": 1.0, \\"t_tg\\": 2.0}"
      done
      """;

  @TempDir private Path folder;

  private static Cli.Outcome bench(String options) {
    Cli.Outcome outcome = Cli.run(("bench -r 2 --no-warmup " + options).split(" "));
    assertEquals(0, outcome.code(), outcome.err());
    return outcome;
  }

  @Test
  void tableHasLlamaBatchedBenchsColumns() {
    List<String> lines = bench("-np 1,2 -np 4 -p 6 -n 2 -t 2").out().lines().toList();
    assertTrue(
        lines
            .getFirst()
            .endsWith(
                "| threads |    PP |     TG |    B |   N_KV |   T_PP s | S_PP t/s |   T_TG s | S_TG t/s |      T s |    S t/s |"),
        lines.getFirst());
    assertTrue(
        lines.get(2).contains("|       2 |     6 |      2 |    1 |      8 | "), lines.get(2));
    assertTrue(lines.get(3).contains("|     6 |      2 |    2 |     16 | "), lines.get(3));
    assertTrue(lines.get(4).contains("|     6 |      2 |    4 |     32 | "), lines.get(4));
    assertEquals(7, lines.size());
  }

  @Test
  void combinationsAreMeasured() throws IOException {
    Cli.Outcome outcome =
        bench("-np 2-3 -p 2,4 -n 1 -t 1,2 -ub 2 -b 3 -ctk q8_0 -ctv bf16 -o csv --progress");
    List<String> rows = new ArrayList<>();
    for (String line : outcome.out().lines().skip(1).toList()) {
      String[] cells = line.replace("\"", "").split(",");
      List<String> names = List.of(outcome.out().lines().findFirst().orElseThrow().split(","));
      rows.add(
          String.join(
              " ",
              cells[names.indexOf("n_threads")],
              cells[names.indexOf("pp")],
              cells[names.indexOf("pl")]));
      assertEquals("q8_0", cells[names.indexOf("type_k")]);
      assertEquals("bf16", cells[names.indexOf("type_v")]);
    }
    assertEquals(
        List.of("1 2 2", "1 2 3", "1 4 2", "1 4 3", "2 2 2", "2 2 3", "2 4 2", "2 4 3"), rows);
    assertTrue(outcome.err().startsWith("lamina bench: benchmark 1/8: starting"), outcome.err());
    assertTrue(outcome.err().stripTrailing().endsWith("benchmark 8/8: texts run 2/2"));
  }

  @Test
  void speedsAreThoseOfMeanTimes() throws IOException {
    Cli.Outcome outcome = bench("-np 3 -p 6 -n 2 -o json -oe jsonl");
    JsonNode list = new ObjectMapper().readTree(outcome.out());
    assertEquals(1, list.size());
    JsonNode row = list.get(0);
    assertEquals(row, new ObjectMapper().readTree(outcome.err()));
    assertEquals(24, row.get("n_kv").asInt());
    JsonNode prompts = row.get("samples_t_pp");
    assertEquals(2, prompts.size());
    double mean = (prompts.get(0).asDouble() + prompts.get(1).asDouble()) / 2;
    assertEquals(mean, row.get("t_pp").asDouble(), 1e-5 * mean + 1e-6);
    // Times have six digits after the point.
    assertSpeed(18, row.get("t_pp"), row.get("speed_pp"));
    assertSpeed(6, row.get("t_tg"), row.get("speed_tg"));
    assertSpeed(24, row.get("t"), row.get("speed"));
  }

  private static void assertSpeed(int tokens, JsonNode seconds, JsonNode speed) {
    double time = tokens / speed.asDouble();
    assertEquals(time, seconds.asDouble(), 1e-6);
  }

  @Test
  void statementsFillATable() {
    String out = bench("-np 1,2 -p 2 -n 1 -o sql").out();
    assertTrue(out.startsWith("CREATE TABLE IF NOT EXISTS lamina_batched_bench ("), out);
    assertEquals(2, out.lines().filter(line -> line.startsWith("INSERT INTO")).count());
  }

  @Test
  void textsAreWarmedUp() {
    Cli.Outcome outcome = Cli.run("bench -np 2 -p 4 -n 1 -r 1 --progress".split(" "));
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("benchmark 1/1: warmup run of 2 texts"), outcome.err());
  }

  @Test
  void badOptionsGiveOneLine() {
    assertError("-np is 0, expected 1 or more", "-np 0");
    assertError("-np is 'x', expected a number", "-np x");
    assertError("(-p) and tokens after it (-n); neither can be 0", "-np 2 -p 0");
    assertError("(-p) and tokens after it (-n); neither can be 0", "-np 2 -n 16,0");
    assertError("no depth (-d), unlike pp512+tg128 @ d8", "-np 2 -d 8");
    assertError("-np and -pg do not go together", "-np 2 -pg 8,8");
    assertError("-np and --plot do not go together", "-np 2 --plot " + folder.resolve("x.svg"));
    assertError("-np and --baseline do not go together", "-np 2 --baseline Q4_K_M");
    assertError("more than can be measured", "-np 999999999");
    assertError("GiB of KV cache", "-np 3000000 -p 64 -n 16");
    assertError("a smaller -ub", "-np 9000000 -p 1 -n 1 -ub 9000000 -b 9000000");
    assertError("needs a file", "-np 2 --compare llama.cpp");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void programsTakeTurns() throws IOException {
    String compare = compared(ANSWER.formatted(folder.resolve("calls")));
    List<String> lines =
        bench(compare + " -np 1,2 -p 4 -n 2 -t 2")
            .out()
            .lines()
            .map(line -> line.replaceAll(" +", " "))
            .toList();
    assertTrue(
        lines
            .getFirst()
            .endsWith(
                "| PP | TG | B | Lamina S_PP | llama.cpp S_PP | ratio | Lamina S_TG | llama.cpp S_TG | ratio |"),
        lines.getFirst());
    assertTrue(lines.get(2).matches(".* \\| 4 \\| 2 \\| 1 \\| \\S+ \\| 4.00 \\| .*"), lines.get(2));
    assertTrue(lines.get(3).matches(".* \\| 8.00 \\| \\S+ \\| \\S+ \\| 2.00 \\| .*"), lines.get(3));
    assertTrue(lines.getLast().endsWith("llama.cpp 7 (abc)"), lines.getLast());
    List<String> calls = Files.readAllLines(folder.resolve("calls"));
    assertEquals(2, calls.size());
    assertTrue(calls.getFirst().contains(" -npp 4 -ntg 2 -npl 1,2 -c 512 "), calls.getFirst());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void comparisonIsJsonToo() throws IOException {
    String compare = compared(ANSWER.formatted(folder.resolve("calls")));
    JsonNode row =
        new ObjectMapper().readTree(bench(compare + " -np 2 -p 4 -n 2 -o json").out()).get(0);
    assertEquals(2, row.get("pl").asInt());
    assertEquals(8, row.get("llama_cpp_pp_median_ts").asDouble());
    assertEquals(2, row.get("llama_cpp_tg_median_ts").asDouble());
    assertEquals(2, row.get("lamina_tg_samples_ts").size());
    double ratio = row.get("lamina_tg_median_ts").asDouble() / 2;
    assertEquals(ratio, row.get("tg_ratio_of_medians").asDouble(), 1e-9 * ratio);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void failuresOfComparisonsGiveOneLine() throws IOException {
    String compare = compared("echo 'no memory' >&2; exit 9");
    assertError("llama-batched-bench failed (exit code 9): no memory", compare + " -np 2");
    Files.delete(folder.resolve("llama-batched-bench"));
    assertError("llama-batched-bench in the folder of llama-bench", compare + " -np 2");
    String other = compare.replace("/llama-bench", "/bench");
    assertError("--llama-bench: '" + folder.resolve("bench") + "' does not name", other + " -np 2");
  }

  /** Options of a comparison with a program of this text. */
  private String compared(String body) throws IOException {
    Path model = folder.resolve("model.gguf");
    try (InputStream in = DemoModel.class.getResourceAsStream("demo/" + DemoModel.NAME + ".gguf")) {
      Files.copy(in, model);
    }
    Path script = folder.resolve("llama-batched-bench");
    Files.writeString(script, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return "-m " + model + " --compare llama.cpp --llama-bench " + folder.resolve("llama-bench");
  }

  private static void assertError(String part, String options) {
    Cli.Outcome outcome = Cli.run(("bench " + options).split(" "));
    assertFalse(outcome.code() == 0);
    assertTrue(outcome.err().contains(part), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
  }
}
