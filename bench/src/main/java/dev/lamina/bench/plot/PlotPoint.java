package dev.lamina.bench.plot;

import dev.lamina.bench.BenchResult;
import dev.lamina.bench.BenchTest;

/**
 * One measurement of a plot.
 *
 * @param model such as {@code qwen2 3B}
 * @param fileType such as {@code Q4_K_M}
 * @param test such as {@code pp512}; the letters in front tell what is measured
 * @param gpuLayers {@code -ngl}
 * @param depth tokens in the cache before the test
 * @param speed mean, in tokens per second
 * @param deviation standard deviation of the speed, 0 if unknown
 */
public record PlotPoint(
    String model,
    String fileType,
    String test,
    int gpuLayers,
    int depth,
    double speed,
    double deviation) {
  public static PlotPoint of(BenchResult result) {
    BenchTest test = result.run().test();
    return new PlotPoint(
        result.model().family(),
        result.model().fileType(),
        test.at(0).name(),
        result.where().gpuLayers(),
        test.nDepth(),
        result.meanSpeed(),
        result.deviationSpeed());
  }

  /** What is measured, without the number of tokens: {@code pp}. */
  String kind() {
    return test.replaceFirst("\\d.*", "");
  }
}
