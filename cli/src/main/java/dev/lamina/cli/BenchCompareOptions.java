package dev.lamina.cli;

import dev.lamina.bench.compare.BatchedComparison;
import dev.lamina.bench.compare.Comparison;
import dev.lamina.bench.compare.ComparisonJson;
import dev.lamina.bench.compare.ComparisonTable;
import dev.lamina.bench.compare.ComparisonWriter;
import dev.lamina.bench.compare.LlamaBatchedBench;
import dev.lamina.bench.compare.LlamaBench;
import dev.lamina.bench.report.BenchFormat;
import dev.lamina.bench.report.BenchReport;
import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import java.util.function.Consumer;
import picocli.CommandLine.Model.OptionSpec;

/** Options to compare with another program. */
final class BenchCompareOptions implements OptionHolder {
  private static final String LLAMA_CPP = "llama.cpp";
  private String compare;
  private String llamaBench;

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("--compare")
            .paramLabel(LLAMA_CPP)
            .description(
                "time llama.cpp's llama-bench on the same file too, the two taking turns; with -np, llama-batched-bench, which has to be in the same folder"),
        String.class,
        value -> compare = value);
    options.add(
        OptionSpec.builder("--llama-bench")
            .paramLabel("COMMAND")
            .description(
                "how to run llama-bench; {folder} and {name} in it stand for the model's, as in 'podman run -v {folder}:/m IMAGE llama-bench -m /m/{name}'; without {name}, -m FILE is added (default: llama-bench)"),
        String.class,
        value -> llamaBench = value);
  }

  boolean wanted() {
    return compare != null;
  }

  LlamaBench program() {
    return LlamaBench.of(command());
  }

  /**
   * The program for texts that are computed together.
   *
   * @throws IllegalArgumentException if it cannot be found by the command of llama-bench
   */
  LlamaBatchedBench batchedProgram() {
    try {
      return LlamaBatchedBench.of(command());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--llama-bench: " + e.getMessage(), e);
    }
  }

  private String command() {
    return llamaBench == null ? "llama-bench" : llamaBench;
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

  static ComparisonWriter<Comparison> writer(
      BenchFormat format, BenchReport report, Consumer<String> sink) {
    return format == BenchFormat.JSON
        ? ComparisonJson.ofTests(report, sink)
        : ComparisonTable.ofTests(report, sink);
  }

  static ComparisonWriter<BatchedComparison> batchedWriter(
      BenchFormat format, BenchReport report, Consumer<String> sink) {
    return format == BenchFormat.JSON
        ? ComparisonJson.ofStreams(report, sink)
        : ComparisonTable.ofTexts(report, sink);
  }
}
