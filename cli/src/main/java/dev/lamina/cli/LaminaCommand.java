package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code lamina} itself, which only leads to its subcommands. */
final class LaminaCommand implements Command {
  private CommandSpec spec;

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe("Runs GGUF language models on the JVM.");
    spec.versionProvider(new BuildVersion());
    spec.usageMessage()
        .abbreviateSynopsis(false)
        .synopsisSubcommandLabel("COMMAND")
        .footer(
            "",
            "`lamina COMMAND --help` shows the options of a command, which are llama.cpp's.",
            "Without -m FILE, a small embedded demo model answers.");
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
