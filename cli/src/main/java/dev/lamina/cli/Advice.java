package dev.lamina.cli;

import dev.lamina.engine.backend.MemoryException;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.placement.PlacementException;
import dev.lamina.gguf.FileKind;

/** What libraries refuse, with the options that are to blame or that help. */
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

  /** For a memory budget in which nothing fits. */
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

  /** What a file of this kind is good for, behind a message that it is no language model. */
  static String of(FileKind kind) {
    return switch (kind) {
      case IMPORTANCE_MATRIX -> " (quantize takes this file with --imatrix)";
      case DIVERGENCE_BASE -> " (perplexity takes this file with --kl-divergence-base)";
      default -> "";
    };
  }
}
