package dev.lamina.cli;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options for the prompt. */
final class PromptOptions {
  @ArgGroup private TextSource source = new TextSource();

  @Option(
      names = {"-e", "--escape"},
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "read \\n, \\t, \\xHH and so on in the prompt (default: yes)")
  private boolean escape;

  /** The prompt, or null if none is given and nothing is piped in. */
  String read(Console console) {
    String text = source.read(console);
    return escape && text != null ? TextInput.unescape(text) : text;
  }

  /** Whether texts on the command line have escapes. */
  boolean escape() {
    return escape;
  }
}
