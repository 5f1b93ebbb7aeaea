package dev.lamina.cli;

import dev.lamina.quantize.QuantizeException;
import dev.lamina.quantize.quality.ShortTextException;

/**
 * Turns exceptions of the module quantize into the line that the user reads. It is separate from
 * {@link Errors}, which must work without that module.
 */
final class QuantizeErrors {
  private QuantizeErrors() {}

  static String message(Throwable e) {
    return switch (e) {
      case QuantizeException known -> message(known);
      case ShortTextException known ->
          known.getMessage() + "; give a longer text or a smaller context (-c)";
      default -> e.getMessage();
    };
  }

  private static String message(QuantizeException e) {
    String problem = e.getMessage();
    return switch (e.reason()) {
      case MODEL -> problem;
      case NO_SUCH_TENSOR ->
          "--tensor-type: " + problem + "; `lamina inspect --tensors` lists them";
      case USELESS_OVERRIDE -> "--tensor-type: " + problem + "; leave it out";
      case EMBEDDING_TYPE -> problem + " with --token-embedding-type";
      case OUTPUT_TYPE -> problem + " with --output-tensor-type";
      case PRUNED_LAYERS -> "--prune-layers: " + problem;
      case PART_SIZE -> "--split-max-size: " + problem;
      case KEYS -> "--override-kv " + problem;
      case NO_IMPORTANCE -> problem + "; give one with --imatrix FILE";
      case QUANTIZED_ALREADY -> problem + ", or lose quality with --allow-requantize";
    };
  }
}
