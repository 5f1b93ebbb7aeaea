package dev.lamina.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options for the source of a text; without one it is standard input. */
final class TextSource {
  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "TEXT",
      description = "the text (default: standard input)")
  private String prompt;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "read the text from a file, without the newline at its end")
  private Path file;

  @Option(
      names = {"-bf", "--binary-file"},
      paramLabel = "FILE",
      description = "read the text from a file as it is, with the newline at its end")
  private Path binaryFile;

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
