package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import picocli.AutoComplete;

/** Prints a completion script. */
final class CompletionCommand implements Command {

  @Override
  public void declare(Options options) {
    options.describe(
        "Prints a completion script for bash and zsh.", "Use: source <(lamina completion)");
  }

  private final Console console;

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    console.out().print(AutoComplete.bash("lamina", CommandLines.create(console)));
  }
}
