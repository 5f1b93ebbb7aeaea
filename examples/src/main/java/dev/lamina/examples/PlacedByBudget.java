package dev.lamina.examples;

import dev.lamina.Lamina;
import dev.lamina.LaminaException;
import java.nio.file.Path;

/**
 * As many layers on the GPU as fit an amount of its memory, the others on the CPU.
 *
 * <pre>java PlacedByBudget MODEL.gguf 6G</pre>
 */
final class PlacedByBudget {
  private PlacedByBudget() {}

  public static void main(String[] args) {
    try (Lamina lamina =
        Lamina.open(
            Path.of(args[0]),
            o ->
                o.gpuMemory(args[1])
                    .contextLength(512)
                    .onWarning(line -> System.err.println(line)))) {
      System.out.printf("%d of %d layers on GPUs%n", lamina.gpuLayers(), lamina.layers());
      lamina.warmUp();
      System.out.printf(
          "%.0f tokens a second%n",
          lamina.complete("Once", o -> o.maxTokens(64)).timings().tokensPerSecond());
    } catch (LaminaException.BadFile e) {
      System.err.println(e.file() + " cannot be used: " + e.getMessage());
    }
  }
}
