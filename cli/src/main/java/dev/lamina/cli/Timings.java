package dev.lamina.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.schedule.GenerationResult;
import dev.lamina.runtime.Sizes;

/**
 * The times of a run, in llama.cpp's terms.
 *
 * @param loadNanos from the start to a model ready for the prompt
 * @param repackedBytes size of the repacked weights made meanwhile
 * @param kernels that multiply the repacked weights
 */
record Timings(long loadNanos, long repackedBytes, CpuKernels kernels, GenerationResult result) {
  private static final double NANOS_PER_MS = 1e6;

  void print(Console console) {
    console
        .err()
        .print(
            """
                    load time = %10.2f ms%s
                sampling time = %10.2f ms / %5d runs   (%8.2f ms per token, %9.2f tokens per second)
             prompt eval time = %10.2f ms / %5d tokens (%8.2f ms per token, %9.2f tokens per second)
                    eval time = %10.2f ms / %5d runs   (%8.2f ms per token, %9.2f tokens per second)
            %s       total time = %10.2f ms / %5d tokens
            """
                .formatted(
                    ms(loadNanos),
                    repacked(),
                    ms(result.sampleNanos()),
                    result.generatedTokens(),
                    msPer(result.sampleNanos(), result.generatedTokens()),
                    perSecond(result.sampleNanos(), result.generatedTokens()),
                    ms(result.promptNanos()),
                    result.promptTokens(),
                    msPer(result.promptNanos(), result.promptTokens()),
                    perSecond(result.promptNanos(), result.promptTokens()),
                    ms(result.evalNanos()),
                    result.evalTokens(),
                    msPer(result.evalNanos(), result.evalTokens()),
                    perSecond(result.evalNanos(), result.evalTokens()),
                    steady(),
                    ms(totalNanos()),
                    result.promptTokens() + result.generatedTokens()));
    console.err().flush();
  }

  /**
   * The steady speed; empty if the run ended within the first second, while Java still compiles.
   */
  private String steady() {
    return result.steadyTokens() == 0
        ? ""
        : " after the first second = %8.2f ms / %5d runs   (%8.2f ms per token, %9.2f tokens per second)%n"
            .formatted(
                ms(result.steadyNanos()),
                result.steadyTokens(),
                msPer(result.steadyNanos(), result.steadyTokens()),
                perSecond(result.steadyNanos(), result.steadyTokens()));
  }

  private String repacked() {
    return repackedBytes == 0
        ? ""
        : " (%s of weights repacked as they are used, for %s)"
            .formatted(Sizes.of(repackedBytes), kernels.title());
  }

  void addTo(ObjectNode node) {
    node.put("load_ms", ms(loadNanos));
    node.put("repacked_bytes", repackedBytes);
    node.put("cpu_kernels", kernels.label());
    node.put("prompt_ms", ms(result.promptNanos()));
    node.put("prompt_tokens_per_second", perSecond(result.promptNanos(), result.promptTokens()));
    node.put("eval_ms", ms(result.evalNanos()));
    node.put("eval_tokens_per_second", perSecond(result.evalNanos(), result.evalTokens()));
    node.put("steady_ms", ms(result.steadyNanos()));
    node.put("steady_tokens_per_second", perSecond(result.steadyNanos(), result.steadyTokens()));
    node.put("sampling_ms", ms(result.sampleNanos()));
  }

  private long totalNanos() {
    return result.promptNanos() + result.evalNanos() + result.sampleNanos();
  }

  private static double ms(long nanos) {
    return nanos / NANOS_PER_MS;
  }

  private static double msPer(long nanos, int count) {
    return count == 0 ? 0 : ms(nanos) / count;
  }

  private static double perSecond(long nanos, int count) {
    return nanos == 0 ? 0 : count * 1e9 / nanos;
  }
}
