package dev.lamina.chat;

import dev.lamina.engine.model.Model;
import dev.lamina.gguf.Metadata;
import dev.lamina.text.chat.TokenVariables;
import dev.lamina.text.template.BuiltinTemplates;
import dev.lamina.text.template.ChatFormat;
import dev.lamina.text.template.ChatTemplate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The chat template of a model, and the variables that it is given. */
public final class ModelTemplates {
  private static final String KEY = "tokenizer.chat_template";

  private ModelTemplates() {}

  /**
   * Compiles the model's own template, or the default one.
   *
   * @param warnings gets a line if the model has none
   * @throws dev.lamina.text.template.TemplateException if it cannot be compiled
   */
  public static ChatTemplate own(Metadata metadata, Consumer<String> warnings) {
    String own = metadata.contains(KEY) ? metadata.string(KEY) : "";
    if (own.isBlank()) {
      warnings.accept(
          "this model has no chat template and may not know how to chat; using "
              + BuiltinTemplates.DEFAULT);
    }
    return BuiltinTemplates.ofModel(own);
  }

  /**
   * Combines a template with the special tokens of a model.
   *
   * @param more further variables of the template; they replace those of the model
   */
  public static ChatFormat format(Model model, ChatTemplate template, Map<String, ?> more) {
    Map<String, Object> variables =
        new LinkedHashMap<>(TokenVariables.of(model.metadata(), model.tokenizer().vocabulary()));
    variables.putAll(more);
    return new ChatFormat(template, variables);
  }

  /** The variables that turn thinking on or off, under the names that published templates use. */
  public static Map<String, Object> thinking(boolean on) {
    return Map.of("enable_thinking", on, "thinking", on);
  }
}
