package dev.lamina.cli;

import dev.lamina.engine.backend.MemoryException;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.placement.PlacementException;
import dev.lamina.gguf.FileKind;

/** Adds options to the error messages of libraries: those that caused the error, or that help. */
final class Advice {
  private Advice() {}

  static String of(PlacementException e) {
    String problem = e.getMessage();
    return switch (e.setting()) {
      case DEVICES -> "--device: " + problem;
      case GPU_LAYERS -> "-ngl: " + problem + ", auto or all";
      case TENSOR_SPLIT -> "--tensor-split: " + problem;
      case MAIN_GPU -> "--main-gpu: " + problem;
      case GPU_MEMORY -> budget(problem);
      case OVERRIDE_DEVICE -> "--override-tensor: " + problem;
      case OVERRIDE_TENSORS ->
          "--override-tensor: " + problem + "; `lamina inspect --tensors` lists them";
    };
  }

  /** The message for a memory budget that is too small for anything. */
  static String budget(String problem) {
    return "--vram-budget: " + problem + "; sizes have units, such as 6G or 80%";
  }

  static String of(MemoryException e) {
    MemoryPlan needed = e.needed();
    boolean isContextTooLong =
        needed.weights() == 0
            || e.available() > 0 && needed.kvCache() + needed.scratch() > e.available();
    return e.getMessage()
        + (isContextTooLong
            ? "; use a smaller context (-c) or batch (-ub)"
            : "; a mapped file (--mmap) with --no-repack needs no copies,"
                + " and a smaller context (-c) or batch (-ub) takes less besides");
  }

  /** The use of a file of this kind, to follow a message that it is no language model. */
  static String of(FileKind kind) {
    return switch (kind) {
      case IMPORTANCE_MATRIX -> " (quantize takes this file with --imatrix)";
      case DIVERGENCE_BASE -> " (perplexity takes this file with --kl-divergence-base)";
      default -> "";
    };
  }
}
