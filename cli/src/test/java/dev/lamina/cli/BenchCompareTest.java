package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina bench --compare llama.cpp} with a shell script in place of llama-bench. */
@DisabledOnOs(OS.WINDOWS)
class BenchCompareTest {
  /** Prints a result of one second for the given -p, -n and -d. */
  private static final String ANSWER =
      """
      p=0 n=0 d=0
      while [ $# -gt 0 ]; do
        case $1 in
          -p) p=$2; shift;;
          -n) n=$2; shift;;
          -d) d=$2; shift;;
        esac
        shift
      done
      all=
      for test in $(echo "$p" | tr , ' ')=0 0=$(echo "$n" | tr , ' '); do
        [ "$test" = 0=0 ] && continue
        all="$all, {\\"build_commit\\": \\"abc\\", \\"build_number\\": 7, \\"n_prompt\\": ${test%=*}, \\"n_gen\\": ${test#*=}, \\"n_depth\\": $d, \\"samples_ns\\": [1000000000]}"
      done
      echo "[${all#, }]"
      """;

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = folder.resolve("model.gguf");
    try (InputStream in = DemoModel.class.getResourceAsStream("demo/" + DemoModel.NAME + ".gguf")) {
      Files.copy(in, model);
    }
  }

  @Test
  void programsTakeTurns() throws IOException {
    Cli.Outcome outcome = compare(ANSWER, "-p", "4", "-n", "2", "-d", "8", "-r", "3");
    assertEquals(0, outcome.code(), outcome.err());
    List<String> lines = outcome.out().lines().map(line -> line.replaceAll(" +", " ")).toList();
    assertTrue(
        lines.get(0).endsWith("| test | Lamina t/s | llama.cpp t/s | ratio | pair ratios |"));
    assertTrue(lines.get(2).contains("| pp4 @ d8 | "), lines.get(2));
    assertTrue(lines.get(2).contains(" | 4.00 (4.00 to 4.00) | "), lines.get(2));
    assertTrue(lines.get(3).contains("| tg2 @ d8 | "), lines.get(3));
    assertTrue(lines.getLast().endsWith("llama.cpp abc (7)"), lines.getLast());
    List<String> calls = Files.readAllLines(folder.resolve("calls"));
    assertEquals(3, calls.size());
    assertTrue(calls.getFirst().startsWith("-m " + model + " -p 4 -n 2 -d 8 -t "));
    assertTrue(calls.getFirst().endsWith(" -r 1 -o json --no-warmup"), calls.getFirst());
  }

  /** llama-bench is independent of Lamina's kernels: it runs once per turn for all of them. */
  @Test
  void kernelsShareTurns() throws IOException {
    Cli.Outcome outcome =
        compare(ANSWER, "-p", "4", "-n", "0", "-r", "2", "--cpu-kernels", "auto,vector");
    assertEquals(0, outcome.code(), outcome.err());
    assertEquals(2, outcome.out().lines().filter(line -> line.contains(" pp4 | ")).count());
    assertEquals(2, Files.readAllLines(folder.resolve("calls")).size());
  }

  @Test
  void jsonHasAllTurns() throws IOException {
    Cli.Outcome outcome = compare(ANSWER, "-p", "4", "-n", "0", "-r", "2", "-o", "json");
    assertEquals(0, outcome.code(), outcome.err());
    JsonNode list = new ObjectMapper().readTree(outcome.out());
    assertEquals(1, list.size());
    assertEquals(2, list.get(0).get("lamina_samples_ts").size());
    assertEquals(4, list.get(0).get("llama_cpp_median_ts").asDouble());
  }

  @Test
  void failuresGiveOneLine() throws IOException {
    assertError(compare("echo 'out of memory' >&2; exit 9"), "(exit code 9): out of memory");
    assertError(compare("echo garbage"), "no result that can be read, but: garbage");
    String absent = folder.resolve("absent").toString();
    assertError(
        Cli.run("bench", "-m", model.toString(), "--compare", "llama.cpp", "--llama-bench", absent),
        "cannot run " + absent);
  }

  @Test
  void optionsThatDoNotGoTogetherAreErrors() {
    assertError(Cli.run("bench", "--compare", "llama.cpp"), "needs a file");
    assertError(Cli.run("bench", "--llama-bench", "x"), "--compare, which is missing");
    String file = model.toString();
    assertError(Cli.run("bench", "-m", file, "--compare", "vllm"), "expected llama.cpp");
    assertError(
        Cli.run("bench", "-m", file, "--compare", "llama.cpp", "-o", "csv"), "-o md or -o json");
    assertError(
        Cli.run("bench", "-m", file, "--compare", "llama.cpp", "--baseline", "Q4_K_M"),
        "do not go together");
  }

  private Cli.Outcome compare(String body, String... options) throws IOException {
    Path script = folder.resolve("llama-bench");
    Files.writeString(
        script,
        "#!/bin/sh\n[ \"$1\" = --help ] && exit 0\necho \"$*\" >> '%s'\n%s\n"
            .formatted(folder.resolve("calls"), body));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    String[] args = {
      "bench",
      "-m",
      model.toString(),
      "--compare",
      "llama.cpp",
      "--llama-bench",
      script.toString(),
      "--no-warmup"
    };
    int fixed = args.length;
    args = java.util.Arrays.copyOf(args, fixed + options.length);
    System.arraycopy(options, 0, args, fixed, options.length);
    return Cli.run(args);
  }

  private static void assertError(Cli.Outcome outcome, String part) {
    assertTrue(outcome.code() != 0);
    assertTrue(outcome.err().contains(part), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
  }
}
