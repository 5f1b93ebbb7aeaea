package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import picocli.CommandLine.Model.OptionSpec;

/** Options for the prompt. */
final class PromptOptions implements OptionHolder {
  private final TextSource source = new TextSource();
  private boolean escape;

  @Override
  public void declare(Options options) {
    options.oneOf(source);
    options.add(
        OptionSpec.builder("-e", "--escape")
            .negatable(true)
            .defaultValue("true")
            .fallbackValue("true")
            .description("read \\n, \\t, \\xHH and so on in the prompt (default: yes)"),
        boolean.class,
        value -> escape = value);
  }

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
