package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Runs the work of the other commands without output, so that the JVM can archive the classes that
 * they need. The launcher runs it once after a build.
 */
final class WarmUpCommand implements Command {
  private static final List<List<String>> COMMAND_LINES =
      List.of(
          List.of("--version"),
          List.of("run", "--help"),
          List.of("inspect"),
          List.of("tokenize", "-p", "To be", "--json"),
          List.of("run", "-p", "To be", "-n", "16", "--temp", "0.7", "-s", "1"),
          List.of("run", "--unknown"));

  private Path model;

  @Override
  public void declare(Options options) {
    options.command().usageMessage().hidden(true);
    options.add(
        PositionalParamSpec.builder()
            .arity("0..1")
            .paramLabel("FILE")
            .description("a small model: files are opened otherwise than the embedded one"),
        Path.class,
        value -> model = value);
  }

  @Override
  public void run() {
    Lamina.prepare("run");
    COMMAND_LINES.forEach(WarmUpCommand::run);
    if (model != null) {
      run(List.of("run", "-m", model.toString(), "-p", "To be", "-n", "2"));
    }
  }

  private static void run(List<String> line) {
    Console nowhere =
        Console.of(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream());
    CommandLines.run(nowhere, false, line.toArray(String[]::new));
  }
}
