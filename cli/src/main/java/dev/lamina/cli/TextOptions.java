package dev.lamina.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** A text to measure with. */
final class TextOptions {
  @ArgGroup private Source source = new Source();

  @Option(
      names = {"-e", "--escape"},
      negatable = true,
      description = "read \\n, \\t, \\xHH and so on in the text (default: no)")
  private boolean escape;

  private static final class Source {
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
        description = "read the text, or tasks of multiple choice, from a file as it is")
    private Path binaryFile;
  }

  /** The text, or null if none is given and nothing is piped in. */
  String read(Console console) {
    String text;
    if (source.prompt != null) {
      text = source.prompt;
    } else if (source.file != null) {
      text = TextInput.readPrompt(source.file);
    } else if (source.binaryFile != null) {
      text = TextInput.readFile(source.binaryFile);
    } else if (Terminals.isTerminal(Terminals.STDIN)) {
      return null;
    } else {
      text = TextInput.withoutLastLineEnd(console.readAll());
    }
    return escape ? TextInput.unescape(text) : text;
  }

  /** The bytes of the file; null if none is named. */
  byte[] readBytes() {
    Path path = source.binaryFile == null ? source.file : source.binaryFile;
    try {
      return path == null ? null : Files.readAllBytes(path);
    } catch (IOException e) {
      TextInput.readFile(path); // which says what is wrong with the file
      throw new CliException("cannot read " + path, e);
    }
  }
}
