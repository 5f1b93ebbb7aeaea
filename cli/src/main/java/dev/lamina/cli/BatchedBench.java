package dev.lamina.cli;

import dev.lamina.bench.BenchProgress;
import dev.lamina.bench.BenchProtocol;
import dev.lamina.bench.BenchSetup;
import dev.lamina.bench.batched.BatchedRun;
import dev.lamina.bench.batched.BatchedRunner;
import dev.lamina.bench.batched.BatchedSessions;
import dev.lamina.bench.compare.BatchedComparison;
import dev.lamina.bench.compare.BatchedComparisonRunner;
import dev.lamina.bench.compare.ComparisonWriter;
import dev.lamina.bench.compare.LlamaBatchedBench;
import dev.lamina.bench.compare.LlamaBenchException;
import dev.lamina.bench.report.BatchedWriter;
import dev.lamina.bench.report.BenchReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Measures texts that are computed together, and prints the report. */
final class BatchedBench {
  private final List<BatchedRun> runs;
  private final BenchReport report;
  private final BenchProtocol protocol;
  private final BenchProgress progress;

  BatchedBench(
      List<BatchedRun> runs, BenchReport report, BenchProtocol protocol, BenchProgress progress) {
    this.runs = runs;
    this.report = report;
    this.protocol = protocol;
    this.progress = progress;
  }

  /** Runs some work with each model and its path. */
  @FunctionalInterface
  interface Models {
    void forEach(BiConsumer<BenchSetup, Path> use);
  }

  void run(BenchReportOptions output, BenchCompareOptions compare, Console console, Models models) {
    Consumer<String> out =
        text -> {
          console.out().print(text);
          console.out().flush();
        };
    if (compare.wanted()) {
      compare(
          compare.batchedProgram(),
          BenchCompareOptions.batchedWriter(output.output(), report, out),
          models);
      return;
    }
    List<BatchedWriter> writers = new ArrayList<>();
    writers.add(new BatchedWriter(output.output(), report, out));
    if (output.outputErr() != null) {
      writers.add(new BatchedWriter(output.outputErr(), report, console.err()::print));
    }
    measure(writers, models);
  }

  private void measure(List<BatchedWriter> writers, Models models) {
    BatchedRunner runner = new BatchedRunner(protocol, progress);
    models.forEach((setup, _) -> {
      try (BatchedSessions sessions = new BatchedSessions(setup, runs)) {
        runner.run(sessions, result -> writers.forEach(writer -> writer.add(result)));
      }
    });
    writers.forEach(BatchedWriter::finish);
  }

  private void compare(
      LlamaBatchedBench program, ComparisonWriter<BatchedComparison> writer, Models models) {
    BatchedComparisonRunner runner = new BatchedComparisonRunner(program, protocol, progress);
    try {
      models.forEach((setup, path) -> {
        try (BatchedSessions sessions = new BatchedSessions(setup, runs)) {
          runner.run(sessions, path, writer::add);
        }
      });
    } catch (LlamaBenchException e) {
      throw new CliException(e.getMessage(), e);
    }
    writer.finish();
  }
}
