package dev.lamina.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What a chat begins with. Of two options that give the same text the last one counts. */
final class ChatTextOptions {
  private String system;
  private Path systemFile;
  private String message;
  private Path messageFile;

  @Option(
      names = {"-sys", "--system-prompt"},
      paramLabel = "TEXT",
      description = "what the model is told before the first message")
  void setSystem(String text) {
    system = text;
    systemFile = null;
  }

  @Option(
      names = {"-sysf", "--system-prompt-file"},
      paramLabel = "FILE",
      description = "file with that")
  void setSystemFile(Path file) {
    systemFile = file;
    system = null;
  }

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "TEXT",
      description = "the first message (default: asked for)")
  void setMessage(String text) {
    message = text;
    messageFile = null;
  }

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "file with the first message")
  void setMessageFile(Path file) {
    messageFile = file;
    message = null;
  }

  @Option(
      names = {"-e", "--escape"},
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "read \\n, \\t, \\xHH and so on in the first message (default: yes)")
  private boolean escape;

  /** The system prompt, or null. */
  String system() {
    return systemFile == null ? system : TextInput.readPrompt(systemFile);
  }

  /** The first message, or null to ask for it. */
  String firstMessage() {
    String text = messageFile == null ? message : TextInput.readPrompt(messageFile);
    return text == null || !escape ? text : TextInput.unescape(text);
  }

  /** Whether texts on the command line have escapes. */
  boolean escape() {
    return escape;
  }
}
