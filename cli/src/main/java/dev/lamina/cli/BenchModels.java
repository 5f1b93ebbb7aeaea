package dev.lamina.cli;

import dev.lamina.bench.BenchModel;
import dev.lamina.bench.synthetic.SyntheticModel;
import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.LoadMode;
import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.gguf.output.Temporary;
import dev.lamina.runtime.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The models to measure: files, a synthetic model of random weights, or the embedded model. */
final class BenchModels implements OptionHolder {
  private static final long SYNTHETIC_SEED = 1;
  private List<Path> models = List.of();
  private String synthetic;
  private Path save;

  @Override
  public void declare(Options options) {
    options.addList(
        OptionSpec.builder("-m", "--model")
            .paramLabel("FILE")
            .hideParamSyntax(true)
            .splitRegex(",")
            .description(
                "GGUF file, or several with commas between; may be given several times (default: the embedded demo model)"),
        Path.class,
        value -> models = value);
    options.add(
        OptionSpec.builder("--synthetic")
            .paramLabel("SHAPE:TYPE")
            .description("measure a model of random weights too, such as qwen2.5-3b:Q4_K_M"),
        String.class,
        value -> synthetic = value);
    options.add(
        OptionSpec.builder("--save")
            .paramLabel("FILE")
            .description("keep the synthetic model in this file"),
        Path.class,
        value -> save = value);
  }

  /** The work for each model. */
  @FunctionalInterface
  interface Use {
    /**
     * Works with a model.
     *
     * @param file opens it
     * @param path null for the embedded model
     */
    void accept(Function<LoadMode, GgufFile> file, Path path);
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if an option is malformed or does not fit the others
   */
  void check(CommandSpec spec) {
    if (synthetic != null) {
      SyntheticModel.parse(synthetic, SYNTHETIC_SEED);
    } else if (save != null) {
      throw new IllegalArgumentException("--save keeps the model of --synthetic, which is missing");
    }
    if (save != null) {
      OutputFiles.check(spec, save);
    }
  }

  int count() {
    return isDemo() ? 1 : models.size() + (synthetic == null ? 0 : 1);
  }

  /** Whether only the embedded model is measured. */
  boolean isDemo() {
    return models.isEmpty() && synthetic == null;
  }

  /** File types of the models, such as {@code Q4_K_M}. */
  List<String> fileTypes() {
    List<String> types = new ArrayList<>();
    for (Path path : models) {
      try (GgufFile file = ModelFiles.open(path, LoadMode.AUTO)) {
        types.add(BenchModel.of(file).fileType());
      }
    }
    if (synthetic != null) {
      types.add(BenchModel.fileType(SyntheticModel.parse(synthetic, SYNTHETIC_SEED).type()));
    }
    if (isDemo()) {
      try (GgufFile file = DemoModel.open()) {
        types.add(BenchModel.of(file).fileType());
      }
    }
    return types;
  }

  /**
   * Runs the work for each model in turn. A synthetic model is written first, and deleted
   * afterwards unless it is kept.
   */
  void forEach(Console console, FileOptions fileOptions, Use use) {
    for (Path path : models) {
      use(path, console, fileOptions, use);
    }
    if (synthetic != null) {
      useSynthetic(console, fileOptions, use);
    } else if (models.isEmpty()) {
      use.accept(_ -> fileOptions.demo(console), null);
    }
  }

  private static void use(Path path, Console console, FileOptions fileOptions, Use use) {
    use.accept(mode -> fileOptions.open(path, mode, console), path);
  }

  private void useSynthetic(Console console, FileOptions fileOptions, Use use) {
    SyntheticModel model = SyntheticModel.parse(synthetic, SYNTHETIC_SEED);
    try {
      if (save != null) {
        write(console, model, save);
      }
      if (save != null && !PendingFiles.isDevice(save)) {
        use(save, console, fileOptions, use);
        return;
      }
      try (Temporary temporary = Temporary.file("lamina-synthetic-", ".gguf")) {
        write(console, model, temporary.path());
        use(temporary.path(), console, fileOptions, use);
      }
    } catch (IOException e) {
      throw OutputFiles.failed(save == null ? Path.of("the synthetic model") : save, e);
    }
  }

  private static void write(Console console, SyntheticModel model, Path path) throws IOException {
    Progress progress = new Progress(console, "Writing " + path, model.bytes());
    model.write(path, progress::add);
    progress.finish();
  }
}
