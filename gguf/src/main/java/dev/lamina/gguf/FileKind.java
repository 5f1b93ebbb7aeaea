package dev.lamina.gguf;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a file is: a language model, or one of the other things that are kept in GGUF files or
 * beside them.
 */
public enum FileKind {
  LANGUAGE_MODEL("a language model", ""),
  ADAPTER(
      "a LoRA adapter",
      "it changes a model and is none itself; name the model that it was made for"),
  PROJECTOR(
      "a projector for images or sound (mmproj)",
      "the language model that it belongs to is another file; name that one"),
  IMPORTANCE_MATRIX(
      "an importance matrix (imatrix)", "it serves to quantize a model; name the model"),
  CONTROL_VECTOR("a control vector", "it steers a model and is none itself; name the model"),
  IMAGE_MODEL(
      "a model that makes images or video", "name a language model; programs for images run this"),
  VOCABULARY("a vocabulary without a model", "name the file with the model's weights"),
  /** No GGUF file. */
  DIVERGENCE_BASE(
      "a base of divergences", "it holds what a model predicted for a text; name the model");

  private static final Set<String> IMAGE_ARCHITECTURES =
      Set.of(
          "flux",
          "sd1",
          "sd3",
          "sdxl",
          "aura",
          "ltxv",
          "hyvid",
          "wan",
          "hidream",
          "cosmos",
          "lumina2",
          "qwen_image",
          "pig");

  private final String description;
  private final String advice;

  FileKind(String description, String advice) {
    this.description = description;
    this.advice = advice;
  }

  /** With an article, such as {@code a LoRA adapter}. */
  public String description() {
    return description;
  }

  /** What to do with a file of this kind where a language model is expected; may be empty. */
  public String advice() {
    return advice;
  }

  /** Whether {@code tokenize} can use it. */
  private boolean hasTokenizer() {
    return this == LANGUAGE_MODEL || this == VOCABULARY;
  }

  /**
   * The kind of a file by its keys and tensors; a file without the marks of any other kind is a
   * language model.
   */
  public static FileKind of(GgufFile file) {
    Metadata metadata = file.metadata();
    String type = text(metadata, "general.type");
    String architecture = text(metadata, "general.architecture");
    List<TensorEntry> table = file.table();
    if (type.equals("adapter") || metadata.contains("adapter.type") || endsIn(table, ".lora_a")) {
      return ADAPTER;
    }
    if (type.equals("imatrix")
        || metadata.contains("imatrix.chunk_count")
        || endsIn(table, ".in_sum2")) {
      return IMPORTANCE_MATRIX;
    }
    if (architecture.equals("controlvector") || metadata.contains("controlvector.model_hint")) {
      return CONTROL_VECTOR;
    }
    if (type.equals("mmproj")
        || type.equals("projector")
        || type.equals("clip-vision")
        || architecture.equals("clip")) {
      return PROJECTOR;
    }
    if (IMAGE_ARCHITECTURES.contains(architecture)) {
      return IMAGE_MODEL;
    }
    return table.isEmpty() && metadata.contains("tokenizer.ggml.tokens")
        ? VOCABULARY
        : LANGUAGE_MODEL;
  }

  private static String text(Metadata metadata, String key) {
    return metadata.get(key) instanceof String text ? text.toLowerCase(Locale.ROOT) : "";
  }

  private static boolean endsIn(List<TensorEntry> table, String end) {
    return !table.isEmpty() && table.stream().anyMatch(entry -> entry.name().endsWith(end));
  }

  /**
   * One line that says what the file is, and what to do, when it is no language model.
   *
   * @param vocabulary whether nothing but the vocabulary is needed
   */
  public static Optional<String> problem(GgufFile file, boolean vocabulary) {
    FileKind kind = of(file);
    if (kind == LANGUAGE_MODEL || vocabulary && kind.hasTokenizer()) {
      return Optional.empty();
    }
    return Optional.of(
        file.metadata().source()
            + ": this file is "
            + kind.description
            + ", expected a language model; "
            + kind.advice);
  }

  /**
   * @throws UnsupportedModelException if the file is no language model, saying what it is
   */
  public static void requireModel(GgufFile file) {
    problem(file, false)
        .ifPresent(problem -> {
          throw new UnsupportedModelException(problem, of(file));
        });
  }
}
