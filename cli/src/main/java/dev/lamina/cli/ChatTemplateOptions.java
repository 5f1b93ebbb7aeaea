package dev.lamina.cli;

import dev.lamina.chat.ModelTemplates;
import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.Metadata;
import dev.lamina.text.template.BuiltinTemplates;
import dev.lamina.text.template.ChatTemplate;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** Options that choose the chat template. */
final class ChatTemplateOptions implements OptionHolder {
  private final Source source = new Source();
  private String variables;

  @Override
  public void declare(Options options) {
    options.oneOf(source);
    options.add(
        OptionSpec.builder("--chat-template-kwargs")
            .paramLabel("JSON")
            .description("variables for the chat template, such as '{\"enable_thinking\": false}'"),
        String.class,
        value -> variables = value);
  }

  private static final class Source implements OptionHolder {
    private String text;
    private Path file;

    @Override
    public void declare(Options options) {
      options.add(
          OptionSpec.builder("--chat-template")
              .paramLabel("NAME|JINJA")
              .description(
                  "name of a built-in chat template (such as chatml, llama3, gemma, mistral-v7), or one in"
                      + " Jinja (default: the model's own)"),
          String.class,
          value -> text = value);
      options.add(
          OptionSpec.builder("--chat-template-file")
              .paramLabel("FILE")
              .description("file with a chat template"),
          Path.class,
          value -> file = value);
    }
  }

  /**
   * The variables of {@code --chat-template-kwargs}.
   *
   * @throws IllegalArgumentException if it is no JSON object
   */
  Map<String, Object> variables() {
    if (variables == null) {
      return Map.of();
    }
    try {
      return Json.map(variables);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--chat-template-kwargs takes a JSON object such as '{\"enable_thinking\": false}', not "
              + variables,
          e);
    }
  }

  /**
   * The requested template, else the model's own, else the default format with a note to the user.
   */
  ChatTemplate template(Console console, Metadata metadata) {
    if (source.file != null) {
      return ChatTemplate.compile(TextInput.readFile(source.file));
    }
    if (source.text != null) {
      return named(source.text);
    }
    return ModelTemplates.own(metadata, new ConsoleListener(console)::warn);
  }

  private static ChatTemplate named(String text) {
    if (text.contains("{{") || text.contains("{%")) {
      return ChatTemplate.compile(text);
    }
    if (!BuiltinTemplates.has(text)) {
      throw new CliException(
          "--chat-template takes Jinja text or one of "
              + String.join(", ", BuiltinTemplates.names())
              + "; a file is given with --chat-template-file");
    }
    return BuiltinTemplates.compile(text);
  }
}
