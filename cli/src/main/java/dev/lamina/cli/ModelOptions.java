package dev.lamina.cli;

import dev.lamina.engine.gguf.GgufFile;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model. */
final class ModelOptions {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE",
      description = "GGUF file; of a split one, the first part (default: the embedded demo model)")
  private Path model;

  /** Opens it; the embedded one if none was named, which the user is told. */
  GgufFile open(Console console) {
    if (model == null) {
      console
          .err()
          .println(
              "no -m given: using the embedded demo model "
                  + ModelFiles.DEMO_NAME
                  + ", which knows Shakespeare and nothing else");
      return ModelFiles.demo();
    }
    return ModelFiles.open(model);
  }
}
