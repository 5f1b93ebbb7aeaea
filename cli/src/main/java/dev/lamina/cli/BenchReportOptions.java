package dev.lamina.cli;

import dev.lamina.bench.BenchProtocol;
import dev.lamina.bench.BenchResult;
import dev.lamina.bench.plot.BenchPlot;
import dev.lamina.bench.plot.ChartFile;
import dev.lamina.bench.plot.PlotPoint;
import dev.lamina.bench.report.BenchFormat;
import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options for the repetitions of tests and the output of results. */
final class BenchReportOptions implements OptionHolder {
  private int repetitions = 5;
  private boolean noWarmup;
  private int delay;
  private BenchFormat output = BenchFormat.MD;
  private BenchFormat outputErr;
  private boolean progress;
  private String baseline;
  private Path plot;
  private boolean ceilings;

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("-r", "--repetitions")
            .paramLabel("N")
            .description("runs of each test (default: 5)"),
        int.class,
        value -> repetitions = value);
    options.add(
        OptionSpec.builder("--no-warmup").description("time the first run too, slow as it is"),
        boolean.class,
        value -> noWarmup = value);
    options.add(
        OptionSpec.builder("--delay")
            .paramLabel("SECONDS")
            .description("wait before each test (default: 0)"),
        int.class,
        value -> delay = value);
    options.add(
        OptionSpec.builder("-o", "--output")
            .paramLabel("FORMAT")
            .description("csv, json, jsonl, md or sql (default: md)"),
        BenchFormat.class,
        value -> output = value);
    options.add(
        OptionSpec.builder("-oe", "--output-err")
            .paramLabel("FORMAT")
            .description("print on standard error too, in this format"),
        BenchFormat.class,
        value -> outputErr = value);
    options.add(
        OptionSpec.builder("--progress").description("tell on standard error what is going on"),
        boolean.class,
        value -> progress = value);
    options.add(
        OptionSpec.builder("--baseline")
            .paramLabel("TYPE")
            .description(
                "add speeds as a percentage of those of the file of this type, such as Q4_0"),
        String.class,
        value -> baseline = value);
    options.add(
        OptionSpec.builder("--plot")
            .paramLabel("FILE")
            .description(
                "draw speeds over file types, or over -ngl or -d if these vary; FILE ends in .svg or .png"),
        Path.class,
        value -> plot = value);
    options.add(
        OptionSpec.builder("--ceilings")
            .description(
                "measure only what this CPU can do at most: reading memory and multiplying, by threads"),
        boolean.class,
        value -> ceilings = value);
  }

  /** The file for the plot; null for none. */
  Path plot() {
    return plot;
  }

  boolean ceilings() {
    return ceilings;
  }

  /**
   * Checks that the plot can be written.
   *
   * @throws IllegalArgumentException if the plot's name has no known ending
   * @throws CliException if no plot could be written
   */
  void checkPlot(CommandSpec spec) {
    if (plot != null) {
      ChartFile.checkName(plot);
      OutputFiles.check(spec, plot);
    }
  }

  /**
   * Checks that the report is one that texts computed together have.
   *
   * @throws IllegalArgumentException if it is not
   */
  void checkBatched() {
    if (plot != null || baseline != null) {
      throw new IllegalArgumentException(
          "-np and " + (plot != null ? "--plot" : "--baseline") + " do not go together");
    }
  }

  void writePlot(List<BenchResult> results) {
    try {
      BenchPlot.write(plot, results.stream().map(PlotPoint::of).toList());
    } catch (IOException e) {
      throw OutputFiles.failed(plot, e);
    }
  }

  /**
   * The protocol of the measurement.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  BenchProtocol protocol() {
    return new BenchProtocol(repetitions, !noWarmup, delay);
  }

  BenchFormat output() {
    return output;
  }

  /** The format for standard error; null for none. */
  BenchFormat outputErr() {
    return outputErr;
  }

  boolean progress() {
    return progress;
  }

  Optional<String> baseline() {
    return Optional.ofNullable(baseline);
  }

  /**
   * Checks the baseline.
   *
   * @param fileTypes of the models that will be measured
   * @throws IllegalArgumentException if the baseline is none of them
   */
  void checkBaseline(List<String> fileTypes) {
    if (baseline != null && fileTypes.stream().noneMatch(baseline::equalsIgnoreCase)) {
      throw new IllegalArgumentException(
          "--baseline is "
              + baseline
              + ", but the models are of the types "
              + String.join(", ", fileTypes.stream().distinct().toList()));
    }
  }
}
