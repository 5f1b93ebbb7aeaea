package dev.lamina.cli;

import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The texts that a chat begins with. */
final class ChatTextOptions {
  @ArgGroup private SystemPrompt system = new SystemPrompt();
  @ArgGroup private FirstMessage first = new FirstMessage();

  @Option(
      names = {"-e", "--escape"},
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "read \\n, \\t, \\xHH and so on in the first message (default: yes)")
  private boolean escape;

  private static final class SystemPrompt {
    @Option(
        names = {"-sys", "--system-prompt"},
        paramLabel = "TEXT",
        description = "what the model is told before the first message")
    private String text;

    @Option(
        names = {"-sysf", "--system-prompt-file"},
        paramLabel = "FILE",
        description = "file with that")
    private Path file;
  }

  private static final class FirstMessage {
    @Option(
        names = {"-p", "--prompt"},
        paramLabel = "TEXT",
        description = "the first message (default: asked for)")
    private String text;

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "file with the first message")
    private Path file;
  }

  /** The system prompt, or null. */
  String system() {
    return system.file == null ? system.text : TextInput.readPrompt(system.file);
  }

  /** The first message, or null to ask for it. */
  String firstMessage() {
    String text = first.file == null ? first.text : TextInput.readPrompt(first.file);
    return text == null || !escape ? text : TextInput.unescape(text);
  }

  /** Whether texts on the command line have escapes. */
  boolean escape() {
    return escape;
  }
}
