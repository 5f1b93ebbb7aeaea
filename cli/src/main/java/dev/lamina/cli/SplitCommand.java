package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.PartLimit;
import dev.lamina.gguf.SplitWriter;
import dev.lamina.gguf.TensorSpec;
import dev.lamina.runtime.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** Splits a model file, as llama.cpp's gguf-split does. */
final class SplitCommand implements Command {
  private final Console console;
  private CommandSpec spec;
  private LoadOptions load = new LoadOptions();
  private FileOptions fileOptions = new FileOptions();
  private Path input;
  private Path output;
  private Integer maxTensors;
  private String maxSize;
  private boolean emptyFirst;
  private boolean dryRun;

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe("Splits a model file in parts named OUT-00001-of-0000N.gguf.");
    options.addAll(load);
    options.addAll(fileOptions);
    options.add(
        PositionalParamSpec.builder().index("0").paramLabel("IN").description("the model"),
        Path.class,
        value -> input = value);
    options.add(
        PositionalParamSpec.builder()
            .index("1")
            .paramLabel("OUT")
            .description("what the names of the parts begin with"),
        Path.class,
        value -> output = value);
    options.add(
        OptionSpec.builder("--split-max-tensors")
            .paramLabel("N")
            .description("most tensors in a part (default: 128)"),
        Integer.class,
        value -> maxTensors = value);
    options.add(
        OptionSpec.builder("--split-max-size")
            .paramLabel("SIZE")
            .description(
                "most bytes in a part, such as 50G or 500M, instead of a number of tensors"),
        String.class,
        value -> maxSize = value);
    options.add(
        OptionSpec.builder("--no-tensor-first-split")
            .description("only metadata in the first part"),
        boolean.class,
        value -> emptyFirst = value);
    options.add(
        OptionSpec.builder("--dry-run").description("show the parts and write nothing"),
        boolean.class,
        value -> dryRun = value);
  }

  SplitCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    PartLimit limit;
    try {
      limit = limit();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    try (GgufFile file = fileOptions.openWhole(input, load.mode(console), console)) {
      split(file, emptyFirst ? limit.withEmptyFirst() : limit);
    } catch (IOException e) {
      throw OutputFiles.failed(output, e);
    }
  }

  private PartLimit limit() {
    if (maxSize != null && maxTensors != null) {
      throw new IllegalArgumentException(
          "--split-max-tensors and --split-max-size exclude each other");
    }
    if (maxTensors != null && maxTensors < 1) {
      throw new IllegalArgumentException(
          "--split-max-tensors is " + maxTensors + ", expected 1 or more");
    }
    if (maxSize != null) {
      return PartLimit.ofBytes(OutputFiles.size("--split-max-size", maxSize));
    }
    return PartLimit.ofTensors(maxTensors == null ? 128 : maxTensors);
  }

  private void split(GgufFile file, PartLimit limit) throws IOException {
    Progress progress = new Progress(console, "Splitting", file.tensorBytes());
    List<List<TensorSpec>> parts = parts(file, limit, progress);
    List<Path> paths = SplitWriter.paths(output, parts.size());
    if (!dryRun) {
      for (Path path : paths) {
        OutputFiles.check(spec, path);
      }
      SplitWriter.write(output, writer -> writer.putUnsplit(file.metadata()), parts);
      progress.finish();
    }
    TextTable table = new TextTable("lrr");
    for (int i = 0; i < parts.size(); i++) {
      long bytes = parts.get(i).stream().mapToLong(TensorSpec::bytes).sum();
      table.row(paths.get(i), parts.get(i).size() + " tensors", Sizes.of(bytes));
    }
    table.print(console);
  }

  private static List<List<TensorSpec>> parts(GgufFile file, PartLimit limit, Progress progress) {
    List<TensorSpec> tensors =
        file.tensors().values().stream()
            .map(TensorSpec::of)
            .map(tensor -> tensor.withListener(progress::add))
            .toList();
    try {
      return limit.distribute(tensors);
    } catch (IllegalArgumentException e) {
      throw new CliException(e.getMessage(), e);
    }
  }
}
