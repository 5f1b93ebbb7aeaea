package dev.lamina.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchFormatTest {
  private static final BenchHost HOST = new BenchHost("0.1", "Some \"CPU\"");
  private static final BenchModel MODEL =
      new BenchModel("/m/x.gguf", "qwen2 3B Q4_K - Medium", 1_924_350_000L, 3_085_938_688L);

  @Test
  void statisticsAreThoseOfTheRuns() {
    BenchResult result = result(BenchTest.prompt(128), 2048, 1_000_000_000L, 2_000_000_000L);
    assertEquals(1.5e9, result.meanNanos());
    assertEquals(Math.sqrt(0.5) * 1e9, result.deviationNanos(), 1);
    assertEquals(96, result.meanSpeed());
    assertEquals(Math.sqrt(2 * 32 * 32), result.deviationSpeed(), 1e-9);
    assertEquals(0, result(BenchTest.generation(4), 2048, 5L).deviationSpeed());
  }

  @Test
  void markdownIsLlamaBenchs() {
    String text =
        print(
            BenchFormat.MD,
            List.of(
                result(BenchTest.prompt(128), 2048, 2_800_000_000L),
                result(BenchTest.generation(32), 2048, 2_000_000_000L)));
    String expected =
        """
        | model                          |       size |     params | backend    | threads |            test |                  t/s |
        | ------------------------------ | ---------: | ---------: | ---------- | ------: | --------------: | -------------------: |
        | qwen2 3B Q4_K - Medium         |   1.79 GiB |     3.09 B | CPU        |       2 |           pp128 |         45.71 ± 0.00 |
        | qwen2 3B Q4_K - Medium         |   1.79 GiB |     3.09 B | CPU        |       2 |            tg32 |         16.00 ± 0.00 |

        build: 0.1
        """;
    assertEquals(expected, text);
  }

  @Test
  void unusualBatchSizesGetAColumn() {
    String text = print(BenchFormat.MD, List.of(result(BenchTest.prompt(9), 64, 1_000_000_000L)));
    assertTrue(text.contains("| n_batch |"), text);
    assertTrue(text.contains("|      64 |"), text);
  }

  @Test
  void jsonHasLlamaBenchsFields() throws IOException {
    BenchResult result = result(BenchTest.generation(32), 2048, 1_000_000_000L, 4_000_000_000L);
    JsonNode list = new ObjectMapper().readTree(print(BenchFormat.JSON, List.of(result, result)));
    assertEquals(2, list.size());
    JsonNode first = list.get(0);
    assertEquals("Some \"CPU\"", first.get("cpu_info").asText());
    assertEquals(3_085_938_688L, first.get("model_n_params").asLong());
    assertEquals(0, first.get("n_prompt").asInt());
    assertEquals(32, first.get("n_gen").asInt());
    assertEquals(2_500_000_000L, first.get("avg_ns").asLong());
    assertEquals(20, first.get("avg_ts").asDouble());
    assertEquals(8, first.get("samples_ts").get(1).asDouble());
    assertEquals("2025-01-02T03:04:05Z", first.get("test_time").asText());
  }

  @Test
  void csvQuotesItsFields() {
    String text =
        print(BenchFormat.CSV, List.of(result(BenchTest.prompt(1), 2048, 1_000_000_000L)));
    String[] lines = text.split("\n");
    assertEquals(2, lines.length);
    assertTrue(lines[0].startsWith("build_commit,cpu_info,backends,"), lines[0]);
    assertTrue(lines[1].startsWith("\"0.1\",\"Some \"\"CPU\"\"\",\"CPU\","), lines[1]);
  }

  @Test
  void badNumbersAreNamed() {
    assertThrows(IllegalArgumentException.class, () -> new BenchTest(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new BenchTest(-1, 1));
    String message =
        assertThrows(IllegalArgumentException.class, () -> new BenchSettings(0, 1, 1, 1))
            .getMessage();
    assertEquals("repetitions is 0, expected 1 or more", message);
  }

  @Test
  void cpuNameIsReadWhereThereIsOne(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("cpuinfo");
    Files.writeString(file, "processor\t: 0\nmodel name\t: Fast One\nmodel name\t: Other\n");
    assertEquals("Fast One", BenchHost.cpuName(file));
    assertEquals("", BenchHost.cpuName(folder.resolve("absent")));
  }

  private static String print(BenchFormat format, List<BenchResult> results) {
    StringBuilder text = new StringBuilder();
    for (BenchResult result : results) {
      text.append(format.row(result, HOST, text.isEmpty()));
    }
    return text + format.end(HOST);
  }

  private static BenchResult result(BenchTest test, int nBatch, Long... nanos) {
    return new BenchResult(
        MODEL,
        new BenchSettings(nanos.length, 2, nBatch, 512),
        "CPU",
        0,
        test,
        Instant.parse("2025-01-02T03:04:05.678Z"),
        List.of(nanos));
  }
}
