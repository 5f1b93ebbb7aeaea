package dev.lamina.cli;

import dev.lamina.bench.compare.ComparisonJson;
import dev.lamina.bench.compare.ComparisonTable;
import dev.lamina.bench.compare.ComparisonWriter;
import dev.lamina.bench.compare.LlamaBench;
import dev.lamina.bench.report.BenchFormat;
import dev.lamina.bench.report.BenchReport;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Options to compare with another program. */
final class BenchCompareOptions {
  private static final String LLAMA_CPP = "llama.cpp";

  @Option(
      names = "--compare",
      paramLabel = LLAMA_CPP,
      description = "time llama.cpp's llama-bench on the same file too, the two taking turns")
  private String compare;

  @Option(
      names = "--llama-bench",
      paramLabel = "COMMAND",
      description =
          "how to run llama-bench; {folder} and {name} in it stand for the model's, as in 'podman run -v {folder}:/m IMAGE llama-bench -m /m/{name}'; without {name}, -m FILE is added (default: llama-bench)")
  private String llamaBench;

  boolean wanted() {
    return compare != null;
  }

  LlamaBench program() {
    return LlamaBench.of(llamaBench == null ? "llama-bench" : llamaBench);
  }

  /**
   * Checks that the options can be combined.
   *
   * @throws IllegalArgumentException if they cannot be combined
   */
  void check(BenchModels models, BenchReportOptions report) {
    if (compare == null) {
      if (llamaBench != null) {
        throw new IllegalArgumentException("--llama-bench is for --compare, which is missing");
      }
      return;
    }
    if (!compare.equals(LLAMA_CPP)) {
      throw new IllegalArgumentException("--compare is '" + compare + "', expected " + LLAMA_CPP);
    }
    if (models.isDemo()) {
      throw new IllegalArgumentException("--compare needs a file that both can read: -m FILE");
    }
    if (report.output() != BenchFormat.MD && report.output() != BenchFormat.JSON
        || report.outputErr() != null) {
      throw new IllegalArgumentException("--compare prints -o md or -o json, and nothing else");
    }
    if (report.baseline().isPresent()) {
      throw new IllegalArgumentException("--compare and --baseline do not go together");
    }
  }

  static ComparisonWriter writer(BenchFormat format, BenchReport report, Consumer<String> sink) {
    return format == BenchFormat.JSON
        ? new ComparisonJson(report, sink)
        : new ComparisonTable(report, sink);
  }
}
