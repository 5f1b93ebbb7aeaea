package dev.lamina.cli;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.TensorEntry;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what is in a model file. */
@Command(
    name = "inspect",
    description = "Shows a model file: metadata, tensors, sizes, and whether it can be run.",
    sortOptions = false,
    abbreviateSynopsis = true)
final class InspectCommand implements Runnable {
  private final Console console;
  @Mixin private ModelOptions model;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "the same as -m FILE")
  private Path path;

  @Option(names = "--metadata", description = "show the metadata only")
  private boolean metadataOnly;

  @Option(names = "--tensors", description = "show the tensors only")
  private boolean tensorsOnly;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "show only keys and tensors whose name contains this")
  private String filter;

  @Option(names = "--full", description = "show long arrays and texts whole")
  private boolean full;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

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
