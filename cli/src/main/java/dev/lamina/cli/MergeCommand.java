package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.gguf.TensorSpec;
import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.runtime.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Puts the parts of a split model together, as llama.cpp's gguf-split does. */
final class MergeCommand implements Command {
  private final Console console;
  private CommandSpec spec;
  private LoadOptions load = new LoadOptions();
  private FileOptions fileOptions = new FileOptions();
  private Path input;
  private Path output;
  private boolean deleteParts;
  private boolean dryRun;

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe("Puts the parts of a split model together in one file.");
    options.addAll(load);
    options.addAll(fileOptions);
    options.add(
        PositionalParamSpec.builder()
            .index("0")
            .paramLabel("IN")
            .description("the first part, NAME-00001-of-0000N.gguf"),
        Path.class,
        value -> input = value);
    options.add(
        PositionalParamSpec.builder()
            .index("1")
            .paramLabel("OUT")
            .description("the file to write; must not exist"),
        Path.class,
        value -> output = value);
    options.add(
        OptionSpec.builder("--delete-splits")
            .description("delete the parts when the whole is written"),
        boolean.class,
        value -> deleteParts = value);
    options.add(
        OptionSpec.builder("--dry-run").description("show the whole and write nothing"),
        boolean.class,
        value -> dryRun = value);
  }

  MergeCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    List<Path> parts = merge();
    if (deleteParts && !dryRun) {
      deleteParts(parts);
    }
  }

  /** Merges the parts and returns their files. */
  private List<Path> merge() {
    try (GgufFile file = fileOptions.openWhole(input, load.mode(console), console)) {
      if (file.parts().size() == 1) {
        throw new CliException(input + " is not split");
      }
      OutputFiles.check(spec, output);
      boolean isDevice = PendingFiles.isDevice(output);
      if (Files.exists(output) && !isDevice) {
        throw new CliException(output + " exists already; name another file, or delete it");
      }
      if (isDevice && deleteParts) {
        throw new CliException(
            output + " keeps nothing; name a file, or leave out --delete-splits");
      }
      if (!dryRun) {
        Progress progress = new Progress(console, "Merging", file.tensorBytes());
        writer(file, progress).write(output);
        progress.finish();
      }
      console.line(
          "%s  %d tensors  %s"
              .formatted(
                  SafeText.oneLine(output.toString()),
                  file.tensors().size(),
                  Sizes.of(file.tensorBytes())));
      return List.copyOf(file.paths());
    } catch (IOException e) {
      throw OutputFiles.failed(output, e);
    }
  }

  /**
   * Deletes the parts. The merged file exists by now, so a part that cannot be deleted only takes
   * space.
   */
  private void deleteParts(List<Path> parts) {
    for (Path part : parts) {
      try {
        Files.delete(part);
      } catch (IOException e) {
        throw new CliException(
            output + " is written, but " + part + " cannot be deleted: " + e.getMessage(), e);
      }
    }
  }

  private static GgufWriter writer(GgufFile file, Progress progress) {
    GgufWriter writer = new GgufWriter().putUnsplit(file.metadata());
    for (GgufTensor tensor : file.tensors().values()) {
      writer.tensor(TensorSpec.of(tensor).withListener(progress::add));
    }
    return writer;
  }
}
