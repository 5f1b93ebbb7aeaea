package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
      assertEquals(speed, list.get(0).get("samples_ts").get(i).asDouble(), 1e-6 * speed);
    }
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
    assertTrue(outcome.out().contains("\"qwen3 596M IQ1_S - 1.5625 bpw\""), outcome.out());
    assertTrue(Files.exists(file));
  }

  @Test
  void badOptionsGiveOneLine() {
    assertError("nothing to measure", "-p", "0", "-n", "0");
    assertError("expected SHAPE:TYPE", "--synthetic", "qwen2.5-3b");
    assertError("no file type 'Q9'; there are F32, ", "--synthetic", "qwen2.5-3b:Q9");
    assertError("--synthetic, which is missing", "--save", "x.gguf");
    assertError("repetitions is 0, expected 1 or more", "-r", "0");
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
