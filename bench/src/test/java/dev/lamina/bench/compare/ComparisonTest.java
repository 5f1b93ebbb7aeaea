package dev.lamina.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.bench.BenchParameters;
import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.Results;
import dev.lamina.bench.report.BenchReport;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final BenchParameters PARAMETERS =
      BenchParameters.of(List.of(BenchTest.prefill(8)), 2);
  private static final BenchReport REPORT = BenchReport.of(Results.HOST, PARAMETERS);

  private final StringBuilder text = new StringBuilder();

  private static Comparison comparison(List<Double> ours, List<Double> theirs) {
    return new Comparison(
        Results.model("Q4_0", "Q4_0"),
        PARAMETERS.runs().getFirst(),
        new BenchPlace("CPU", "", 0),
        ours,
        theirs,
        "abc (7)");
  }

  @Test
  void ratiosAreOfMediansAndOfPairs() {
    Comparison comparison = comparison(List.of(1.0, 2.0, 6.0), List.of(4.0, 2.0, 8.0));
    assertEquals(0.5, comparison.ratio());
    assertEquals(List.of(0.25, 1.0, 0.75), comparison.pairRatios());
    assertThrows(IllegalArgumentException.class, () -> comparison(List.of(1.0), List.of()));
  }

  @Test
  void tableHasMediansAndRanges() {
    ComparisonWriter<Comparison> table = ComparisonTable.ofTests(REPORT, text::append);
    table.add(comparison(List.of(1.0, 2.0, 6.0), List.of(4.0, 2.0, 8.0)));
    table.finish();
    List<String> lines = text.toString().lines().map(line -> line.replaceAll(" +", " ")).toList();
    assertEquals(
        "| model | threads | test | Lamina t/s | llama.cpp t/s | ratio | pair ratios |",
        lines.get(0));
    assertEquals(
        "| qwen2 3B Q4_0 | 2 | pp8 | 2.00 (1.00 to 6.00) | 4.00 (2.00 to 8.00) | 0.50 | 0.75 (0.25 to 1.00) |",
        lines.get(2));
    assertTrue(lines.contains("build: Lamina 0.1, llama.cpp abc (7)"), text.toString());
  }

  @Test
  void jsonHasAllSamples() throws IOException {
    ComparisonWriter<Comparison> json = ComparisonJson.ofTests(REPORT, text::append);
    json.add(comparison(List.of(1.0, 2.0, 6.0), List.of(4.0, 2.0, 8.0)));
    json.add(comparison(List.of(1.0), List.of(4.0)));
    json.finish();
    JsonNode list = new ObjectMapper().readTree(text.toString());
    assertEquals(2, list.size());
    JsonNode first = list.get(0);
    assertEquals("pp8", first.get("test").asText());
    assertEquals(2, first.get("lamina_median_ts").asDouble());
    assertEquals(8, first.get("llama_cpp_max_ts").asDouble());
    assertEquals(3, first.get("lamina_samples_ts").size());
    assertEquals(0.5, first.get("ratio_of_medians").asDouble());
    assertEquals(0.75, first.get("median_pair_ratio").asDouble());
  }
}
