package dev.lamina.bench;

import dev.lamina.gguf.Metadata;
import java.util.Locale;

/**
 * The size in a model's type, such as {@code 3B}. llama.cpp names it by the number of layers and
 * what else tells models apart, not by the parameters: Qwen2.5 0.5B is a {@code qwen2 1B}. So that
 * both print the same, this does so too for the models that are published. Others, for which
 * llama.cpp prints {@code ?B}, go by their parameters.
 */
final class SizeLabel {
  /** Llama 2 and 3 have the same layers at 7B and 8B; the second has the larger vocabulary. */
  private static final long LLAMA_2_VOCABULARY = 32000;

  private SizeLabel() {}

  /**
   * @param parameters elements of all tensors
   */
  static String of(Metadata metadata, long parameters) {
    String architecture = metadata.string("general.architecture", "");
    int layers = metadata.integer(architecture + ".block_count", 0);
    int width = metadata.integer(architecture + ".embedding_length", 0);
    String known =
        switch (architecture) {
          case "qwen2" -> qwen2(layers, width);
          case "qwen3" -> qwen3(layers, width);
          case "llama" -> llama(layers, width, vocabulary(metadata));
          default -> "";
        };
    return known.isEmpty() ? byParameters(parameters) : known;
  }

  private static long vocabulary(Metadata metadata) {
    return metadata.integer("llama.vocab_size", 0);
  }

  private static String qwen2(int layers, int width) {
    return switch (layers) {
      case 24 -> width == 896 ? "1B" : "";
      case 28 -> width == 1536 ? "1.5B" : width == 3584 ? "7B" : "";
      case 36 -> width == 2048 ? "3B" : "";
      case 48 -> width == 5120 ? "14B" : "";
      case 64 -> width == 5120 ? "32B" : "";
      case 80 -> width == 8192 ? "70B" : "";
      default -> "";
    };
  }

  private static String qwen3(int layers, int width) {
    return switch (layers) {
      case 28 -> width == 1024 ? "0.6B" : width == 2048 ? "1.7B" : "";
      case 36 -> width == 2560 ? "4B" : width == 4096 ? "8B" : "";
      case 40 -> width == 5120 ? "14B" : "";
      case 64 -> width == 5120 ? "32B" : "";
      default -> "";
    };
  }

  private static String llama(int layers, int width, long vocabulary) {
    return switch (layers) {
      case 16, 22 -> width == 2048 ? "1B" : "";
      case 28 -> width == 3072 ? "3B" : "";
      case 32 -> width != 4096 ? "" : vocabulary <= LLAMA_2_VOCABULARY ? "7B" : "8B";
      case 40 -> width == 5120 ? "13B" : "";
      case 80 -> width == 8192 ? "70B" : "";
      default -> "";
    };
  }

  private static String byParameters(long parameters) {
    if (parameters < 1_000_000_000) {
      return Math.round(parameters / 1e6) + "M";
    }
    double billions = parameters / 1e9;
    return billions < 2.5
        ? String.format(Locale.ROOT, "%.1fB", billions)
        : Math.round(billions) + "B";
  }
}
