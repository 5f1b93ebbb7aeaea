package dev.lamina.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.kernels.TensorType;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class BenchParametersTest {
  @Test
  void testsAreInLlamaBenchsOrder() {
    List<BenchTest> tests =
        BenchParameters.tests(
            List.of(8, 0, 3),
            List.of(4, 0),
            List.of(new BenchTest(4, 2, 0), new BenchTest(8, 2, 0)));
    BenchParameters parameters = withDepths(tests, List.of(0, 32));
    assertEquals(
        List.of(
            "pp8",
            "pp3",
            "tg4",
            "pp4+tg2",
            "pp8+tg2",
            "pp8 @ d32",
            "pp3 @ d32",
            "tg4 @ d32",
            "pp4+tg2 @ d32",
            "pp8+tg2 @ d32"),
        parameters.runs().stream().map(run -> run.test().name()).toList());
  }

  /** The order was seen in llama-bench's own output with all of these varied. */
  @Test
  void parametersVaryInLlamaBenchsOrder() {
    BenchParameters parameters =
        new BenchParameters(
            List.of(BenchTest.prefill(8)),
            List.of(0, 4),
            List.of(1, 2),
            List.of(16, 32),
            List.of(8, 16),
            List.of(TensorType.F16, TensorType.Q8_0),
            List.of(TensorType.F16, TensorType.Q8_0),
            List.of(FlashAttention.ON, FlashAttention.OFF),
            List.of(false, true),
            List.of(CpuKernels.AVX2, CpuKernels.VECTOR),
            List.of(PlacementOptions.layers(0), PlacementOptions.layers(3)),
            Map.of());
    List<BenchRun> runs = parameters.runs();
    assertEquals(1024, runs.size());
    assertEquals(512, period(runs, run -> run.placement().gpuLayers()));
    assertEquals(256, period(runs, run -> run.settings().repack()));
    assertEquals(128, period(runs, run -> run.settings().kernels()));
    assertEquals(64, period(runs, run -> run.settings().nBatch()));
    assertEquals(32, period(runs, run -> run.settings().nUbatch()));
    assertEquals(16, period(runs, run -> run.settings().keyType()));
    assertEquals(8, period(runs, run -> run.settings().valueType()));
    assertEquals(4, period(runs, run -> run.settings().flashAttention()));
    assertEquals(2, period(runs, run -> run.settings().threads()));
    assertEquals(1, period(runs, run -> run.test().nDepth()));
  }

  /** Runs until a value changes for the first time. */
  private static int period(List<BenchRun> runs, Function<BenchRun, Object> value) {
    Object first = value.apply(runs.getFirst());
    return (int) runs.stream().takeWhile(run -> value.apply(run).equals(first)).count();
  }

  @Test
  void nothingToMeasureIsAnError() {
    List<BenchTest> none = BenchParameters.tests(List.of(0), List.of(0), List.of());
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> BenchParameters.of(none, 2))
            .getMessage()
            .startsWith("nothing to measure"));
  }

  @Test
  void numbersOutOfRangeAreErrors() {
    BenchParameters endless = withDepths(List.of(BenchTest.prefill(2)), List.of(Integer.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, endless::runs);
    BenchParameters noThreads = BenchParameters.of(List.of(BenchTest.prefill(2)), 1);
    assertEquals(1, noThreads.runs().size());
    assertThrows(IllegalArgumentException.class, () -> BenchSettings.of(0));
  }

  private static BenchParameters withDepths(List<BenchTest> tests, List<Integer> depths) {
    BenchParameters usual = BenchParameters.of(tests, 2);
    return new BenchParameters(
        usual.tests(),
        depths,
        usual.threads(),
        usual.batches(),
        usual.ubatches(),
        usual.keyTypes(),
        usual.valueTypes(),
        usual.flashAttention(),
        usual.repack(),
        usual.kernels(),
        usual.placements(),
        Map.of());
  }
}
