package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import java.nio.file.Path;
import picocli.CommandLine.Model.OptionSpec;

/** Options for the source of a text; without one it is standard input. */
final class TextSource implements OptionHolder {
  private String prompt;
  private Path file;
  private Path binaryFile;

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("-p", "--prompt")
            .paramLabel("TEXT")
            .description("the text (default: standard input)"),
        String.class,
        value -> prompt = value);
    options.add(
        OptionSpec.builder("-f", "--file")
            .paramLabel("FILE")
            .description("read the text from a file, without the newline at its end"),
        Path.class,
        value -> file = value);
    options.add(
        OptionSpec.builder("-bf", "--binary-file")
            .paramLabel("FILE")
            .description("read the text from a file as it is, with the newline at its end"),
        Path.class,
        value -> binaryFile = value);
  }

  /** The text, unchanged; null if none is given and nothing is piped in. */
  String read(Console console) {
    if (prompt != null) {
      return prompt;
    }
    if (file != null) {
      return TextInput.readPrompt(file);
    }
    if (binaryFile != null) {
      return TextInput.readAsItIs(binaryFile);
    }
    return Terminals.isTerminal(Terminals.STDIN)
        ? null
        : TextInput.withoutLastLineEnd(console.readAll());
  }

  /** The bytes of the file; null if none is named. */
  byte[] readBytes() {
    Path path = binaryFile == null ? file : binaryFile;
    return path == null ? null : TextInput.readBytes(path);
  }
}
