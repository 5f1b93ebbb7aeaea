package dev.lamina.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** A text to measure with. Of several options that give one, the last counts. */
final class TextOptions {
  private Path file;
  private Path binaryFile;
  private Supplier<String> source;

  @Option(
      names = {"-e", "--escape"},
      negatable = true,
      description = "read \\n, \\t, \\xHH and so on in the text (default: no)")
  private boolean escape;

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "TEXT",
      description = "the text (default: standard input)")
  void prompt(String text) {
    if (text != null) {
      file = null;
      binaryFile = null;
      source = () -> text;
    }
  }

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "read the text from a file, without the newline at its end")
  void file(Path path) {
    if (path != null) {
      file = path;
      binaryFile = null;
      source = () -> withoutLastNewline(TextInput.readFile(path));
    }
  }

  @Option(
      names = {"-bf", "--binary-file"},
      paramLabel = "FILE",
      description = "read the text, or tasks of multiple choice, from a file as it is")
  void binaryFile(Path path) {
    if (path != null) {
      file = null;
      binaryFile = path;
      source = () -> TextInput.readFile(path);
    }
  }

  /** The text, or null if none is given and nothing is piped in. */
  String read(Console console) {
    String text;
    if (source != null) {
      text = source.get();
    } else if (Terminals.isTerminal(Terminals.STDIN)) {
      return null;
    } else {
      text = withoutLastNewline(console.readAll());
    }
    return escape ? TextInput.unescape(text) : text;
  }

  /** The bytes of the file; null if none is named. */
  byte[] readBytes() {
    Path path = binaryFile == null ? file : binaryFile;
    try {
      return path == null ? null : Files.readAllBytes(path);
    } catch (IOException e) {
      TextInput.readFile(path); // which says what is wrong with the file
      throw new CliException("cannot read " + path, e);
    }
  }

  private static String withoutLastNewline(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
