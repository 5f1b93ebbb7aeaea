package dev.lamina.bench;

import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The tests to run and the other parameters; every combination is measured.
 *
 * @param tests at depth 0: prefill, then decoding, then both
 * @param depths tokens in the context before a test
 * @param reported values of parameters that change nothing, where they are given
 */
public record BenchParameters(
    List<BenchTest> tests,
    List<Integer> depths,
    List<Integer> threads,
    List<Integer> batches,
    List<Integer> ubatches,
    List<TensorType> keyTypes,
    List<TensorType> valueTypes,
    List<FlashAttention> flashAttention,
    List<Boolean> repack,
    List<CpuKernels> kernels,
    List<PlacementOptions> placements,
    Map<ReportedParameter, List<String>> reported) {
  /**
   * @throws IllegalArgumentException if one has no value
   */
  public BenchParameters {
    tests = some("tests (-p, -n and -pg)", tests);
    depths = some("depths", depths);
    threads = some("threads", threads);
    batches = some("batch sizes", batches);
    ubatches = some("ubatch sizes", ubatches);
    keyTypes = some("types of keys", keyTypes);
    valueTypes = some("types of values", valueTypes);
    flashAttention = some("kinds of attention", flashAttention);
    repack = some("values of repack", repack);
    kernels = some("kernels", kernels);
    placements = some("placements", placements);
    reported = Map.copyOf(reported);
  }

  /** Tests with all other parameters as llama-bench has them by default. */
  public static BenchParameters of(List<BenchTest> tests, int threads) {
    BenchSettings settings = BenchSettings.of(threads);
    return new BenchParameters(
        tests,
        List.of(0),
        List.of(threads),
        List.of(settings.nBatch()),
        List.of(settings.nUbatch()),
        List.of(settings.keyType()),
        List.of(settings.valueType()),
        List.of(settings.flashAttention()),
        List.of(settings.repack()),
        List.of(settings.kernels()),
        List.of(PlacementOptions.layers(PlacementOptions.AUTO)),
        Map.of());
  }

  /** The same with layers in another place. */
  public BenchParameters with(PlacementOptions placement) {
    return new BenchParameters(
        tests,
        depths,
        threads,
        batches,
        ubatches,
        keyTypes,
        valueTypes,
        flashAttention,
        repack,
        kernels,
        List.of(placement),
        reported);
  }

  /** Tests in llama-bench's order; those with a 0 are left out. */
  public static List<BenchTest> tests(
      List<Integer> prefills, List<Integer> decodes, List<BenchTest> both) {
    List<BenchTest> tests = new ArrayList<>();
    prefills.stream().filter(n -> n != 0).map(BenchTest::prefill).forEach(tests::add);
    decodes.stream().filter(n -> n != 0).map(BenchTest::decode).forEach(tests::add);
    tests.addAll(both);
    return tests;
  }

  /**
   * All combinations in llama-bench's order: what costs the most to change changes last.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  public List<BenchRun> runs() {
    List<BenchSettings> settings = List.of(BenchSettings.of(threads.getFirst()));
    for (ReportedParameter parameter : ReportedParameter.values()) {
      settings = vary(settings, parameter);
    }
    settings = vary(settings, repack, BenchSettings::withRepack);
    settings = vary(settings, kernels, BenchSettings::withKernels);
    settings = vary(settings, batches, BenchSettings::withBatch);
    settings = vary(settings, ubatches, BenchSettings::withUbatch);
    settings = vary(settings, keyTypes, BenchSettings::withKeyType);
    settings = vary(settings, valueTypes, BenchSettings::withValueType);
    settings = vary(settings, flashAttention, BenchSettings::withFlashAttention);
    settings = vary(settings, threads, BenchSettings::withThreads);
    List<BenchTest> deep =
        depths.stream().flatMap(depth -> tests.stream().map(test -> test.at(depth))).toList();
    deep.forEach(BenchTest::positions);
    List<BenchRun> runs = new ArrayList<>();
    for (PlacementOptions placement : placements) {
      for (BenchSettings setting : settings) {
        deep.forEach(test -> runs.add(new BenchRun(placement, setting, test)));
      }
    }
    return runs;
  }

  private List<BenchSettings> vary(List<BenchSettings> settings, ReportedParameter parameter) {
    List<String> values = reported.get(parameter);
    return values == null
        ? settings
        : vary(settings, values, (setting, value) -> setting.withReported(parameter, value));
  }

  private static <T> List<BenchSettings> vary(
      List<BenchSettings> settings,
      List<T> values,
      BiFunction<BenchSettings, T, BenchSettings> with) {
    return settings.stream()
        .flatMap(setting -> values.stream().map(value -> with.apply(setting, value)))
        .toList();
  }

  private static <T> List<T> some(String what, List<T> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing to measure: there are no " + what);
    }
    return List.copyOf(values);
  }
}
