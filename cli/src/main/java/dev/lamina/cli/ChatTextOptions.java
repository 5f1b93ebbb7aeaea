package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import java.nio.file.Path;
import picocli.CommandLine.Model.OptionSpec;

/** The texts that a chat begins with. */
final class ChatTextOptions implements OptionHolder {
  private final SystemPrompt system = new SystemPrompt();
  private final FirstMessage first = new FirstMessage();
  private boolean escape;

  @Override
  public void declare(Options options) {
    options.oneOf(system);
    options.oneOf(first);
    options.add(
        OptionSpec.builder("-e", "--escape")
            .negatable(true)
            .defaultValue("true")
            .fallbackValue("true")
            .description("read \\n, \\t, \\xHH and so on in the first message (default: yes)"),
        boolean.class,
        value -> escape = value);
  }

  private static final class SystemPrompt implements OptionHolder {
    private String text;
    private Path file;

    @Override
    public void declare(Options options) {
      options.add(
          OptionSpec.builder("-sys", "--system-prompt")
              .paramLabel("TEXT")
              .description("what the model is told before the first message"),
          String.class,
          value -> text = value);
      options.add(
          OptionSpec.builder("-sysf", "--system-prompt-file")
              .paramLabel("FILE")
              .description("file with that"),
          Path.class,
          value -> file = value);
    }
  }

  private static final class FirstMessage implements OptionHolder {
    private String text;
    private Path file;

    @Override
    public void declare(Options options) {
      options.add(
          OptionSpec.builder("-p", "--prompt")
              .paramLabel("TEXT")
              .description("the first message (default: asked for)"),
          String.class,
          value -> text = value);
      options.add(
          OptionSpec.builder("-f", "--file")
              .paramLabel("FILE")
              .description("file with the first message"),
          Path.class,
          value -> file = value);
    }
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
