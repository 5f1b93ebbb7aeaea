package dev.lamina.bench;

import dev.lamina.engine.placement.Target;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The devices that a test ran on.
 *
 * @param backends names as llama-bench writes them: of the GPUs, or {@code CPU}
 * @param gpus names of the GPUs; empty if there are none
 * @param gpuLayers layers that were on GPUs, and one more for the output head
 */
public record BenchPlace(String backends, String gpus, int gpuLayers) {
  /**
   * @param targets the CPU, then the GPUs
   */
  static BenchPlace of(List<Target> targets, int gpuLayers) {
    List<Target> gpus = targets.subList(1, targets.size());
    String backends =
        (gpus.isEmpty() ? targets : gpus)
            .stream()
                .map(target -> target.device().backend())
                .map(name -> name.equals("opencl") ? "OpenCL" : name.toUpperCase(Locale.ROOT))
                .distinct()
                .collect(Collectors.joining(","));
    String names =
        gpus.stream().map(target -> target.device().name()).collect(Collectors.joining(", "));
    return new BenchPlace(backends, names, gpuLayers);
  }

  /** Whether there are GPUs, even if no layer ended up on them. */
  public boolean hasGpu() {
    return !backends.equals("CPU");
  }
}
