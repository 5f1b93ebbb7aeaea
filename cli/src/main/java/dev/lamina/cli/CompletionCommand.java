package dev.lamina.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Prints a completion script. */
@Command(
    name = "completion",
    description = {
      "Prints a completion script for bash and zsh.",
      "Use: source <(lamina completion)"
    },
    sortOptions = false,
    abbreviateSynopsis = true)
final class CompletionCommand implements Runnable {
  private final Console console;

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    console.out().print(AutoComplete.bash("lamina", CommandLines.create(console)));
  }
}
