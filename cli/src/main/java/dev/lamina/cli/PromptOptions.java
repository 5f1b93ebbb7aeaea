package dev.lamina.cli;

import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where the prompt comes from. */
final class PromptOptions {
  @ArgGroup private Source source = new Source();

  @Option(
      names = {"-e", "--escape"},
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "read \\n, \\t, \\xHH and so on in the prompt (default: yes)")
  private boolean escape;

  private static final class Source {
    @Option(
        names = {"-p", "--prompt"},
        paramLabel = "TEXT",
        description = "the text to continue (default: standard input)")
    private String prompt;

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "read the prompt from a file")
    private Path file;

    @Option(
        names = {"-bf", "--binary-file"},
        paramLabel = "FILE",
        description = "read the prompt from a file as it is, with the newline at its end")
    private Path binaryFile;
  }

  /** The prompt, or null if none is given and nothing is piped in. */
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

  /** Whether texts on the command line have escapes. */
  boolean escape() {
    return escape;
  }
}
