package dev.lamina.cli;

import dev.lamina.bench.BenchDevices;
import dev.lamina.bench.BenchHost;
import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchParameters;
import dev.lamina.bench.BenchProgress;
import dev.lamina.bench.BenchProtocol;
import dev.lamina.bench.BenchResult;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchRunner;
import dev.lamina.bench.BenchSessions;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.BenchSetup;
import dev.lamina.bench.MeasuredModel;
import dev.lamina.bench.ReportedParameter;
import dev.lamina.bench.batched.BatchedRun;
import dev.lamina.bench.compare.Comparison;
import dev.lamina.bench.compare.ComparisonRunner;
import dev.lamina.bench.compare.ComparisonWriter;
import dev.lamina.bench.compare.LlamaBench;
import dev.lamina.bench.compare.LlamaBenchException;
import dev.lamina.bench.report.BenchReport;
import dev.lamina.bench.report.CeilingsReport;
import dev.lamina.bench.report.ReportWriters;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.gguf.GgufFile;
import dev.lamina.runtime.ModelFiles;
import dev.lamina.runtime.OpenDevices;
import dev.lamina.runtime.PhysicalCores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Measures speed, as llama-bench does. */
final class BenchCommand implements Command {
  private final Console console;
  private CommandSpec spec;
  private final BenchModels models = new BenchModels();
  private final BenchTestOptions tests = new BenchTestOptions();
  private final BenchReportOptions output = new BenchReportOptions();
  private final BenchCompareOptions compare = new BenchCompareOptions();
  private final BenchDeviceOptions devices = new BenchDeviceOptions();
  private final BenchThreadOptions threads = new BenchThreadOptions();
  private final BenchReportedOptions reported = new BenchReportedOptions();
  private BenchProtocol protocol;
  private List<BenchRun> runs;

  /** Runs of texts that are computed together, in place of {@link #runs}; empty for none. */
  private List<BatchedRun> batched;

  private BenchReport report;
  private FileOptions fileOptions = new FileOptions();

  @Override
  public void declare(Options options) {
    spec = options.command();
    spec.usageMessage().sortOptions(true).abbreviateSynopsis(false);
    options.describe("Measures tokens per second of prompts (pp) and of generation (tg).");
    options.group("%nModels%n", models);
    options.group(
        "%nTests (each option takes lists and ranges: 1,2,4 or 1-4 or 8-64+8 or 1-64*2; all combinations are measured)%n",
        tests);
    options.group("%nReport%n", output);
    options.group("%nComparison%n", compare);
    options.group("%nDevices (-ngl and -nkvo take lists)%n", devices);
    options.group("%nThreads (the first three take lists)%n", threads);
    options.group(
        "%nOf llama-bench, reported and without effect (each option takes lists)%n", reported);
    options.addAll(fileOptions);
  }

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    try {
      readOptions();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), Errors.refusal(e), e);
    }
    if (output.ceilings()) {
      printCeilings();
      return;
    }
    BenchProgress progress =
        new BenchProgress(
            output.progress() ? console.err()::println : _ -> {},
            console.err()::println,
            (batched.isEmpty() ? runs.size() : batched.size()) * models.count());
    if (!batched.isEmpty()) {
      new BatchedBench(batched, report, protocol, progress)
          .run(output, compare, console, this::eachModel);
    } else if (compare.wanted()) {
      compare(progress);
    } else {
      measure(progress);
    }
  }

  private void readOptions() {
    protocol = output.protocol();
    models.check(spec);
    output.checkPlot(spec);
    devices.budget();
    Map<ReportedParameter, List<String>> values = reported.values();
    values.putAll(devices.reported());
    values.putAll(threads.reported());
    BenchParameters parameters = tests.parameters(devices.placements(), values);
    runs = parameters.runs();
    batched = tests.batched(runs);
    compare.check(models, output);
    if (!batched.isEmpty()) {
      output.checkBatched();
      compare.batchedProgram();
    }
    output.checkBaseline(models.fileTypes());
    report = new BenchReport(BenchHost.here(BuildVersion.number()), parameters, output.baseline());
  }

  private void printCeilings() {
    CeilingsReport ceilings = CeilingsReport.measure(PhysicalCores.count());
    print(ceilings.text(output.output()));
    if (output.outputErr() != null) {
      console.err().print(ceilings.text(output.outputErr()));
    }
  }

  private void measure(BenchProgress progress) {
    ReportWriters writers = new ReportWriters(report, output.output(), this::print);
    if (output.outputErr() != null) {
      writers.alsoTo(output.outputErr(), console.err()::print);
    }
    BenchRunner runner = new BenchRunner(protocol, progress);
    List<BenchResult> done = new ArrayList<>();
    Consumer<BenchResult> results = writers::add;
    eachModel((setup, _) -> {
      try (BenchSessions sessions = new BenchSessions(setup, runs)) {
        runner.run(sessions, results.andThen(done::add));
      }
    });
    writers.finish();
    if (output.plot() != null) {
      output.writePlot(done);
    }
  }

  private void compare(BenchProgress progress) {
    ComparisonWriter<Comparison> writer =
        BenchCompareOptions.writer(output.output(), report, this::print);
    LlamaBench llamaBench = compare.program();
    ComparisonRunner runner = new ComparisonRunner(llamaBench, protocol, progress);
    try {
      eachModel((setup, path) -> {
        llamaBench.check(path);
        try (BenchSessions sessions = new BenchSessions(setup, runs)) {
          runner.run(sessions, path, writer::add);
        }
      });
    } catch (LlamaBenchException e) {
      throw new CliException(e.getMessage(), e);
    }
    writer.finish();
  }

  private void eachModel(BiConsumer<BenchSetup, Path> use) {
    models.forEach(
        console,
        fileOptions,
        (opener, path) -> {
          try (BenchSetup setup =
              new BenchSetup(
                  mode -> load(opener.apply(mode)),
                  this::openDevices,
                  line -> new ConsoleListener(console).warn(line))) {
            use.accept(setup, path);
          } catch (IllegalArgumentException e) {
            throw new CliException(Errors.refusal(e), e);
          }
        });
  }

  private MeasuredModel load(GgufFile file) {
    try {
      return new MeasuredModel(
          BenchModel.of(file),
          ModelFiles.load(file, RopeOverrides.none(), new ConsoleListener(console)),
          file.tensorBytes(),
          file::close);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private BenchDevices openDevices(MeasuredModel model, BenchSettings settings) {
    OpenDevices open =
        devices.open(
            console,
            BenchDeviceOptions.choice(settings),
            threads.placed(settings.backend()),
            model.bytes());
    return new BenchDevices(open.targets(), open::close);
  }

  private void print(String text) {
    console.out().print(text);
    console.out().flush();
  }
}
