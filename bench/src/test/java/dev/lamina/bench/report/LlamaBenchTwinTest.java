package dev.lamina.bench.report;

import static dev.lamina.bench.Results.HOST;
import static dev.lamina.bench.Results.model;
import static dev.lamina.bench.Results.result;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lamina.bench.BenchParameters;
import dev.lamina.bench.BenchResult;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.FlashAttention;
import dev.lamina.bench.Results;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One parser reads reports of llama-bench (build 11669, recorded with {@code -p 16 -n 8 -pg 16,4 -d
 * 32 -t 1 -r 2}) and Lamina's of the same tests: same fields, same order, same way to write values.
 */
class LlamaBenchTwinTest {
  /** Fields that differ from run to run or from program to program. */
  private static final Set<String> DIFFERENT =
      Set.of(
          "build_commit",
          "build_number",
          "cpu_info",
          "model_filename",
          "model_type",
          "model_size",
          "model_n_params",
          "n_gpu_layers",
          "test_time",
          "avg_ns",
          "stddev_ns",
          "avg_ts",
          "stddev_ts",
          "samples_ns",
          "samples_ts",
          "model",
          "size",
          "params",
          "t/s");

  private static final List<BenchTest> TESTS =
      List.of(new BenchTest(16, 0, 0), new BenchTest(0, 8, 0), new BenchTest(16, 4, 0));

  @ParameterizedTest
  @EnumSource
  void reportsHaveTheSameFieldsAndTheSameValues(BenchFormat format) throws IOException {
    String recording = recording("llama-bench." + format.name().toLowerCase(Locale.ROOT));
    List<Map<String, Object>> theirs = ReportParser.parse(format, recording);
    List<Map<String, Object>> ours = ReportParser.parse(format, ours(format));
    assertEquals(3, theirs.size());
    assertEquals(3, ours.size());
    for (int i = 0; i < 3; i++) {
      assertEquals(List.copyOf(theirs.get(i).keySet()), List.copyOf(ours.get(i).keySet()));
      for (Map.Entry<String, Object> field : theirs.get(i).entrySet()) {
        assertSame(field.getKey(), field.getValue(), ours.get(i).get(field.getKey()));
      }
    }
  }

  private static void assertSame(String name, Object theirs, Object ours) {
    if (theirs instanceof JsonNode their && ours instanceof JsonNode our) {
      assertEquals(their.getNodeType(), our.getNodeType(), name);
      assertEquals(their.size(), our.size(), name);
    }
    if (!DIFFERENT.contains(name)) {
      assertEquals(theirs, ours, name);
    }
  }

  /** Not only for parsers: with numbers blanked out, the texts are equal. */
  @ParameterizedTest
  @EnumSource
  void textsAreLaidOutAlike(BenchFormat format) throws IOException {
    String recording = recording("llama-bench." + format.name().toLowerCase(Locale.ROOT));
    assertEquals(shape(recording), shape(ours(format)));
  }

  private static String shape(String report) {
    return report
        .replaceAll("(\"build_commit\": )\"[^\"]*\"", "$1")
        .replaceAll("(\"(cpu_info|model_filename|model_type)\": )\"(\\\\.|[^\"])*\"", "$1")
        .replaceAll("VALUES \\(.*", "VALUES")
        .replaceAll("(?m)^\"[^{].*", "row")
        .replaceAll("\\| qwen2 .*? \\| +[\\d.]+ .iB \\| +[\\d.]+ . \\|", "|")
        .replaceAll("build: .* \\(\\d+\\)", "build")
        .replaceAll("\"test_time\": \"[^\"]*\"", "time")
        // llama-bench forgets a space here.
        .replace("],\"samples_ts\"", "], \"samples_ts\"")
        .replaceAll(" *-?[\\d.]+ ± [\\d.]+", " speed")
        .replaceAll("-?\\d+(\\.\\d+)?", "0");
  }

  @Test
  void markdownShowsWhatIsNotUsual() throws IOException {
    BenchParameters parameters =
        new BenchParameters(
            List.of(BenchTest.prefill(4)),
            List.of(0),
            List.of(1, 2),
            List.of(16),
            List.of(8, 16),
            List.of(TensorType.Q8_0),
            List.of(TensorType.Q8_0),
            List.of(FlashAttention.ON),
            List.of(false),
            List.of(CpuKernels.AUTO),
            BenchParameters.of(TESTS, 1).placements(),
            Map.of());
    List<BenchResult> results =
        parameters.runs().stream()
            .map(run -> result(model("Q4_K_M", "Q4_K - Medium"), run, 1_000_000L))
            .toList();
    String ours = print(BenchFormat.MD, BenchReport.of(HOST, parameters), results);
    assertEquals(shape(recording("llama-bench-columns.md")), shape(ours));
  }

  /** llama-bench knows nothing of kernels, so its fields grow by one only if some are named. */
  @ParameterizedTest
  @EnumSource
  void namesKernelsThatAreAskedFor(BenchFormat format) throws IOException {
    BenchParameters usual = BenchParameters.of(List.of(BenchTest.prefill(4)), 1);
    BenchParameters parameters =
        new BenchParameters(
            usual.tests(),
            usual.depths(),
            usual.threads(),
            usual.batches(),
            usual.ubatches(),
            usual.keyTypes(),
            usual.valueTypes(),
            usual.flashAttention(),
            usual.repack(),
            List.of(CpuKernels.AVX2, CpuKernels.VECTOR),
            usual.placements(),
            Map.of());
    List<BenchResult> results =
        parameters.runs().stream()
            .map(run -> result(model("Q4_K_M", "Q4_K - Medium"), run, 1_000_000L))
            .toList();
    String text = print(format, BenchReport.of(HOST, parameters), results);
    List<Map<String, Object>> rows = ReportParser.parse(format, text);
    String field = format == BenchFormat.MD ? "kernels" : "cpu_kernels";
    List<String> kernels =
        rows.stream()
            .map(row ->
                row.get(field) instanceof JsonNode node
                    ? node.asText()
                    : String.valueOf(row.get(field)))
            .toList();
    assertEquals(List.of("avx2", "vector"), kernels, text);
  }

  @Test
  void valuesAreQuoted() throws IOException {
    for (BenchFormat format : BenchFormat.values()) {
      if (format != BenchFormat.MD) {
        Map<String, Object> row = ReportParser.parse(format, ours(format)).getFirst();
        Object cpu = row.get("cpu_info");
        assertEquals(HOST.cpu(), cpu instanceof JsonNode node ? node.asText() : cpu);
        Object file = row.get("model_filename");
        assertEquals("/m/x's.gguf", file instanceof JsonNode node ? node.asText() : file);
      }
    }
  }

  private static String ours(BenchFormat format) {
    BenchParameters parameters = BenchParameters.of(TESTS, 1);
    List<BenchResult> results =
        parameters.runs().stream()
            .map(run -> Results.run(run.test().at(32), run.settings()))
            .map(run -> result(model("Q4_K_M", "Q4_K - Medium"), run, 1_000_000L, 2_000_000L))
            .toList();
    return print(format, BenchReport.of(HOST, parameters), results);
  }

  private static String print(BenchFormat format, BenchReport report, List<BenchResult> results) {
    StringBuilder text = new StringBuilder();
    ReportWriters writers = new ReportWriters(report, format, text::append);
    results.forEach(writers::add);
    writers.finish();
    return text.toString();
  }

  private static String recording(String name) throws IOException {
    try (InputStream in = LlamaBenchTwinTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
