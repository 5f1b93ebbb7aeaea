package dev.lamina.bench.report;

import static dev.lamina.bench.Results.HOST;
import static dev.lamina.bench.Results.model;
import static dev.lamina.bench.Results.result;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchParameters;
import dev.lamina.bench.BenchTest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BaselineTest {
  private static final BenchTest PREFILL = BenchTest.prefill(8);
  private static final BenchTest DECODE = BenchTest.decode(8);
  private static final BenchModel Q6 = model("Q6_K", "Q6_K");
  private static final BenchModel Q4 = model("Q4_0", "Q4_0");
  private static final BenchReport REPORT =
      new BenchReport(HOST, BenchParameters.of(List.of(PREFILL, DECODE), 2), Optional.of("q4_0"));

  private final StringBuilder text = new StringBuilder();

  private ReportWriters writers(BenchFormat format) {
    return new ReportWriters(REPORT, format, text::append);
  }

  @Test
  void rowsWaitForTheBaselineAndKeepTheirOrder() throws IOException {
    ReportWriters writers = writers(BenchFormat.MD);
    writers.add(result(Q6, PREFILL, 2_000_000_000L));
    writers.add(result(Q6, DECODE, 1_000_000_000L));
    assertEquals("", text.toString());
    writers.add(result(Q4, PREFILL, 1_000_000_000L));
    assertEquals(1, ReportParser.parse(BenchFormat.MD, text.toString()).size());
    writers.add(result(Q4, DECODE, 1_500_000_000L));
    writers.finish();
    List<Map<String, Object>> rows = ReportParser.parse(BenchFormat.MD, text.toString());
    assertEquals(
        List.of("50.0", "150.0", "100.0", "100.0"),
        rows.stream().map(row -> row.get("% of baseline")).toList());
    assertEquals(
        List.of("qwen2 3B Q6_K", "qwen2 3B Q6_K", "qwen2 3B Q4_0", "qwen2 3B Q4_0"),
        rows.stream().map(row -> row.get("model")).toList());
  }

  @Test
  void otherSizesHaveNoBaseline() throws IOException {
    ReportWriters writers = writers(BenchFormat.MD);
    writers.add(result(Q4, PREFILL, 2_000_000_000L));
    writers.add(
        result(new BenchModel("y.gguf", "qwen2 7B", "Q6_K", "Q6_K", 1, 1), PREFILL, 1_000_000L));
    writers.finish();
    List<Map<String, Object>> rows = ReportParser.parse(BenchFormat.MD, text.toString());
    assertEquals("-", rows.get(1).get("% of baseline"));
  }

  @ParameterizedTest
  @EnumSource(names = "MD", mode = EnumSource.Mode.EXCLUDE)
  void fieldsComeLast(BenchFormat format) throws IOException {
    ReportWriters writers = writers(format);
    writers.add(result(Q4, PREFILL, 2_000_000_000L));
    writers.add(result(Q6, PREFILL, 4_000_000_000L));
    writers.finish();
    Map<String, Object> row = ReportParser.parse(format, text.toString()).get(1);
    List<String> names = List.copyOf(row.keySet());
    assertEquals(
        List.of("baseline", "pct_of_baseline"), names.subList(names.size() - 2, names.size()));
    assertEquals(50, Double.parseDouble(row.get("pct_of_baseline").toString()));
  }
}
