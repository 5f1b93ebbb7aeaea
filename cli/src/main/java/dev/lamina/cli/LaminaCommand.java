package dev.lamina.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lamina} itself, which only leads to its subcommands. */
@Command(
    name = "lamina",
    description = "Runs GGUF language models on the JVM.",
    sortOptions = false,
    versionProvider = BuildVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "`lamina COMMAND --help` shows the options of a command, which are llama.cpp's.",
      "Without -m FILE, a small embedded demo model answers."
    })
final class LaminaCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
