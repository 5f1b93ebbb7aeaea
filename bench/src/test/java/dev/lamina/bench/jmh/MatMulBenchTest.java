package dev.lamina.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

class MatMulBenchTest {
  /** A call; JMH itself allocates a little in each iteration. A boxed vector takes 80 bytes. */
  private static final double MOST_BYTES = 32;

  private static final int MOST_RUNS = 20;

  @Test
  void coversEveryType() throws NoSuchFieldException {
    assertEquals(names(TensorType::holdsWeights), params(MatMulBench.Mapped.class));
    assertEquals(
        names(type -> PackedMatrix.bytes(type, 16, 256, false) > 0),
        params(MatMulBench.Packed.class));
  }

  /** Boxed vectors are allocated until the kernels are compiled, so the last runs count. */
  @Tag("quality")
  @Test
  void runsAndAllocatesNothing() throws RunnerException {
    List<Double> runs = new ArrayList<>();
    while (runs.size() < MOST_RUNS && !(medianOfLast(runs) < MOST_BYTES)) {
      Collection<RunResult> results = new Runner(shortRun()).run();
      assertEquals(6, results.size());
      runs.add(results.stream().mapToDouble(MatMulBenchTest::bytesPerCall).max().orElseThrow());
    }
    assertTrue(medianOfLast(runs) < MOST_BYTES, runs + " bytes in a call");
  }

  private static double medianOfLast(List<Double> runs) {
    return runs.size() < 3
        ? Double.NaN
        : runs.subList(runs.size() - 3, runs.size()).stream().sorted().toList().get(1);
  }

  /** In this process, so that the next run finds the kernels compiled. */
  private static Options shortRun() {
    return new OptionsBuilder()
        .include(MatMulBench.class.getName())
        .param("type", "Q4_K")
        .param("rows", "64")
        .param("columns", "512")
        .param("tokens", "1", "8")
        .forks(0)
        .warmupIterations(1)
        .warmupTime(TimeValue.milliseconds(200))
        .measurementIterations(1)
        .measurementTime(TimeValue.milliseconds(200))
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .build();
  }

  private static double bytesPerCall(RunResult result) {
    return result.getSecondaryResults().get("gc.alloc.rate.norm").getScore();
  }

  private static Set<String> names(Predicate<TensorType> which) {
    return Arrays.stream(TensorType.values())
        .filter(which)
        .map(Enum::name)
        .collect(Collectors.toSet());
  }

  private static Set<String> params(Class<?> state) throws NoSuchFieldException {
    return Set.of(state.getField("type").getAnnotation(Param.class).value());
  }
}
