package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.GgufFile;
import java.nio.file.Path;
import picocli.CommandLine.Model.OptionSpec;

/** Options that choose the model. */
final class ModelOptions implements OptionHolder {
  private Path model;
  private FileOptions file = new FileOptions();
  private LoadOptions load = new LoadOptions();

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("-m", "--model")
            .paramLabel("FILE")
            .description(
                "GGUF file; of a split one, the first part (default: the embedded demo model)"),
        Path.class,
        value -> model = value);
    options.addAll(file);
    options.addAll(load);
  }

  /** Opens the model. If none was named, this is the embedded one, with a note to the user. */
  GgufFile open(Console console) {
    return model == null ? demo(console) : file.open(model, load.mode(console), console);
  }

  /** As {@link #open}, but the weights may be missing. */
  GgufFile openVocabulary(Console console) {
    return model == null ? demo(console) : file.openVocabulary(model, load.mode(console), console);
  }

  /**
   * Opens any GGUF file, to look at it.
   *
   * @param path null: the file of {@code -m}
   */
  GgufFile openAny(Path path, Console console) {
    Path named = path == null ? model : path;
    return named == null ? demo(console) : file.openAny(named, load.mode(console), console);
  }

  private GgufFile demo(Console console) {
    console
        .err()
        .println(
            "no -m given: using the embedded demo model "
                + DemoModel.NAME
                + ", which knows Shakespeare and nothing else");
    return file.demo(console);
  }
}
