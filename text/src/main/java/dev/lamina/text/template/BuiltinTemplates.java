package dev.lamina.text.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Templates for published prompt formats under the names llama.cpp gives them, for models that
 * bring no template. The templates print {@code bos_token} where the format starts with it.
 */
public final class BuiltinTemplates {
  /** The name of the format to use where nothing says which. */
  public static final String DEFAULT = "chatml";

  private static final List<String> NAMES =
      List.of(
          "bailing",
          "bailing-think",
          "bailing2",
          "chatglm3",
          "chatglm4",
          "chatml",
          "command-r",
          "deepseek",
          "deepseek-ocr",
          "deepseek2",
          "deepseek3",
          "dots1",
          "exaone-moe",
          "exaone3",
          "exaone4",
          "falcon3",
          "gemma",
          "gigachat",
          "glmedge",
          "gpt-oss",
          "granite",
          "granite-4.0",
          "granite-4.1",
          "grok-2",
          "hunyuan-dense",
          "hunyuan-moe",
          "hunyuan-ocr",
          "hunyuan-vl",
          "kimi-k2",
          "llama2",
          "llama2-sys",
          "llama2-sys-bos",
          "llama2-sys-strip",
          "llama3",
          "llama4",
          "megrez",
          "minicpm",
          "mistral-v1",
          "mistral-v3",
          "mistral-v3-tekken",
          "mistral-v7",
          "mistral-v7-tekken",
          "monarch",
          "openchat",
          "orion",
          "pangu-embedded",
          "phi3",
          "phi4",
          "rwkv-world",
          "seed_oss",
          "smolvlm",
          "solar-open",
          "talkie",
          "vicuna",
          "vicuna-orca",
          "yandex",
          "zephyr");

  private BuiltinTemplates() {}

  /** All names, in alphabetical order. */
  public static List<String> names() {
    return NAMES;
  }

  /** True if there is a format of that name. */
  public static boolean has(String name) {
    return NAMES.contains(name);
  }

  /**
   * The Jinja source of a format.
   *
   * @throws TemplateException listing the names, if there is none of that name
   */
  public static String source(String name) {
    if (!has(name)) {
      throw new TemplateException(
          "no built-in chat template '" + name + "'; there are " + String.join(", ", NAMES));
    }
    try (InputStream in =
        BuiltinTemplates.class.getResourceAsStream("builtin/" + name + ".jinja")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The compiled template of a format.
   *
   * @throws TemplateException as {@link #source} does
   */
  public static ChatTemplate compile(String name) {
    return ChatTemplate.compile(source(name));
  }

  /**
   * A model's own template, or the default format if it has none.
   *
   * @param modelSource value of {@code tokenizer.chat_template}, or null
   * @throws TemplateException if the model's template is malformed
   */
  public static ChatTemplate ofModel(String modelSource) {
    return modelSource == null || modelSource.isBlank()
        ? compile(DEFAULT)
        : ChatTemplate.compile(modelSource);
  }
}
