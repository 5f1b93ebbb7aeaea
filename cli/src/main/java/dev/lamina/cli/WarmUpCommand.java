package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * Runs the work of the other commands without output, so that the JVM can archive the classes that
 * they need. The launcher runs it once after a build.
 */
final class WarmUpCommand implements Command {

  @Override
  public void declare(Options options) {
    options.command().usageMessage().hidden(true);
  }

  private static final List<List<String>> COMMAND_LINES =
      List.of(
          List.of("--version"),
          List.of("run", "--help"),
          List.of("inspect"),
          List.of("tokenize", "-p", "To be", "--json"),
          List.of("run", "-p", "To be", "-n", "16", "--temp", "0.7", "-s", "1"),
          List.of("run", "--unknown"));

  @Override
  public void run() {
    for (List<String> line : COMMAND_LINES) {
      Console nowhere =
          Console.of(
              InputStream.nullInputStream(),
              OutputStream.nullOutputStream(),
              OutputStream.nullOutputStream());
      CommandLines.run(nowhere, false, line.toArray(String[]::new));
    }
  }
}
