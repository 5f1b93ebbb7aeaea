package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import picocli.CommandLine.Model.OptionSpec;

/** Options for the text to measure with. */
final class TextOptions implements OptionHolder {
  private final TextSource source = new TextSource();
  private boolean escape;

  @Override
  public void declare(Options options) {
    options.oneOf(source);
    options.add(
        OptionSpec.builder("-e", "--escape")
            .negatable(true)
            .description("read \\n, \\t, \\xHH and so on in the text (default: no)"),
        boolean.class,
        value -> escape = value);
  }

  /** The text, or null if none is given and nothing is piped in. */
  String read(Console console) {
    String text = source.read(console);
    return escape && text != null ? TextInput.unescape(text) : text;
  }

  /** The bytes of the file; null if none is named. */
  byte[] readBytes() {
    return source.readBytes();
  }
}
