package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.TensorEntry;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Shows what is in a model file. */
final class InspectCommand implements Command {
  private final Console console;
  private final ModelOptions model = new ModelOptions();
  private Path path;
  private boolean metadataOnly;
  private boolean tensorsOnly;
  private String filter;
  private boolean full;
  private boolean json;

  @Override
  public void declare(Options options) {
    options.describe("Shows a model file: metadata, tensors, sizes, and whether it can be run.");
    options.addAll(model);
    options.add(
        PositionalParamSpec.builder()
            .arity("0..1")
            .paramLabel("FILE")
            .description("the same as -m FILE"),
        Path.class,
        value -> path = value);
    options.add(
        OptionSpec.builder("--metadata").description("show the metadata only"),
        boolean.class,
        value -> metadataOnly = value);
    options.add(
        OptionSpec.builder("--tensors").description("show the tensors only"),
        boolean.class,
        value -> tensorsOnly = value);
    options.add(
        OptionSpec.builder("--filter")
            .paramLabel("TEXT")
            .defaultValue("")
            .description("show only keys and tensors whose name contains this"),
        String.class,
        value -> filter = value);
    options.add(
        OptionSpec.builder("--full").description("show long arrays and texts whole"),
        boolean.class,
        value -> full = value);
    options.add(
        OptionSpec.builder("--json").description("print one JSON object"),
        boolean.class,
        value -> json = value);
  }

  InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    try (GgufFile file = model.openAny(path, console)) {
      InspectView view = view(file);
      if (json) {
        Json.print(console, InspectJson.of(view));
      } else {
        new InspectText(console).print(view);
      }
    }
  }

  private InspectView view(GgufFile file) {
    List<String> keys =
        file.metadata().keys().stream().filter(key -> key.contains(filter)).toList();
    List<TensorEntry> tensors =
        file.table().stream().filter(entry -> entry.name().contains(filter)).toList();
    boolean all = metadataOnly == tensorsOnly;
    ModelSummary summary = all ? ModelSummary.of(file) : null; // finds most of the warnings
    return new InspectView(
        file.metadata(),
        summary,
        all || metadataOnly ? keys : null,
        all || tensorsOnly ? tensors : null,
        file.parts().size() == 1 ? file.paths() : List.of(),
        file.warnings().all(),
        full);
  }
}
