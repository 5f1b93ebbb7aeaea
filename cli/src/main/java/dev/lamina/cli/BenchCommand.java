package dev.lamina.cli;

import dev.lamina.bench.BenchFormat;
import dev.lamina.bench.BenchHost;
import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchResult;
import dev.lamina.bench.BenchRunner;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.synthetic.SyntheticModel;
import dev.lamina.engine.gguf.GgufFile;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.placement.PlacementOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures speed, as llama-bench does. */
@Command(
    name = "bench",
    description = "Measures tokens per second of prompts (pp) and of generation (tg).")
final class BenchCommand implements Runnable {
  private static final long SYNTHETIC_SEED = 1;

  private final Console console;
  @Spec private CommandSpec spec;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE",
      description = "GGUF file; may be given several times (default: the embedded demo model)")
  private List<Path> models = List.of();

  @Option(
      names = {"-p", "--n-prompt"},
      paramLabel = "N",
      split = ",",
      defaultValue = "512",
      description = "lengths of prompts; 0: none (default: ${DEFAULT-VALUE})")
  private List<Integer> prompts;

  @Option(
      names = {"-n", "--n-gen"},
      paramLabel = "N",
      split = ",",
      defaultValue = "128",
      description = "tokens to generate; 0: none (default: ${DEFAULT-VALUE})")
  private List<Integer> generations;

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "N",
      defaultValue = "5",
      description = "runs of each test (default: ${DEFAULT-VALUE})")
  private int repetitions;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      defaultValue = "-1",
      description = "CPU threads (default: one for each physical core)")
  private int threads;

  @Option(
      names = {"-b", "--batch-size"},
      paramLabel = "N",
      defaultValue = "2048",
      description =
          "most tokens of a prompt given to the model at once (default: ${DEFAULT-VALUE})")
  private int batch;

  @Option(
      names = {"-ub", "--ubatch-size"},
      paramLabel = "N",
      defaultValue = "512",
      description = "most tokens computed at once (default: ${DEFAULT-VALUE})")
  private int ubatch;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "md",
      description = "md, json or csv (default: ${DEFAULT-VALUE})")
  private BenchFormat format;

  @Option(
      names = "--synthetic",
      paramLabel = "SHAPE:TYPE",
      description = "measure a model of random weights too, such as qwen2.5-3b:Q4_K_M")
  private String synthetic;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "keep the synthetic model in this file")
  private Path save;

  @ArgGroup(validate = false, heading = "%nDevices (-ngl takes several numbers, with commas)%n")
  private DeviceOptions devices = new DeviceOptions();

  private BenchHost host;
  private boolean first = true;

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    BenchSettings settings;
    List<BenchTest> tests;
    SyntheticModel model;
    try {
      settings =
          new BenchSettings(
              repetitions, threads == -1 ? PhysicalCores.count() : threads, batch, ubatch);
      tests = tests();
      devices.placements();
      devices.budget();
      model = synthetic == null ? null : SyntheticModel.parse(synthetic, SYNTHETIC_SEED);
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
    if (save != null && model == null) {
      throw usage("--save keeps the model of --synthetic, which is missing");
    }
    host = BenchHost.here(BuildVersion.number());
    for (Path path : models) {
      measure(ModelFiles.open(path), tests, settings);
    }
    if (model != null) {
      measureSynthetic(model, tests, settings);
    } else if (models.isEmpty()) {
      measure(ModelFiles.demo(), tests, settings);
    }
    console.out().print(format.end(host));
  }

  private List<BenchTest> tests() {
    List<BenchTest> tests = new ArrayList<>();
    prompts.stream().filter(n -> n != 0).map(BenchTest::prompt).forEach(tests::add);
    generations.stream().filter(n -> n != 0).map(BenchTest::generation).forEach(tests::add);
    if (tests.isEmpty()) {
      throw new IllegalArgumentException("nothing to measure: -p and -n are both 0");
    }
    return tests;
  }

  private void measureSynthetic(
      SyntheticModel model, List<BenchTest> tests, BenchSettings settings) {
    try {
      Path path = save;
      if (path == null) {
        path = Files.createTempFile("lamina-synthetic-", ".gguf");
        path.toFile().deleteOnExit(); // when the user interrupts the program
      }
      try {
        Progress progress = new Progress(console, "Writing " + path, model.bytes());
        model.write(path, progress::add);
        progress.finish();
        measure(ModelFiles.open(path), tests, settings);
      } finally {
        if (save == null) {
          Files.delete(path);
        }
      }
    } catch (IOException e) {
      throw new CliException("cannot write the synthetic model: " + e, e);
    }
  }

  private void measure(GgufFile file, List<BenchTest> tests, BenchSettings settings) {
    try (file;
        OpenDevices open =
            OpenDevices.open(console, devices, settings.threads(), ModelFiles.bytes(file))) {
      Model model = Model.load(file, RopeOverrides.none());
      BenchRunner runner =
          new BenchRunner(
              BenchModel.of(file), model, open.targets(), line -> OpenDevices.warn(console, line));
      for (PlacementOptions placement : devices.placements()) {
        for (BenchTest test : tests) {
          print(runner.run(test, settings, placement));
        }
      }
    } catch (IllegalArgumentException e) {
      throw new CliException(e.getMessage(), e);
    }
  }

  private void print(BenchResult result) {
    console.out().print(format.row(result, host, first));
    console.out().flush();
    first = false;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
