package dev.lamina.cli;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options for the text to measure with. */
final class TextOptions {
  @ArgGroup private TextSource source = new TextSource();

  @Option(
      names = {"-e", "--escape"},
      negatable = true,
      description = "read \\n, \\t, \\xHH and so on in the text (default: no)")
  private boolean escape;

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
