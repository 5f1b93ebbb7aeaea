package dev.lamina.bench.batched;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.bench.BenchDevices;
import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchProgress;
import dev.lamina.bench.BenchProtocol;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.BenchSetup;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.FlashAttention;
import dev.lamina.bench.MeasuredModel;
import dev.lamina.bench.Results;
import dev.lamina.bench.synthetic.ModelShape;
import dev.lamina.bench.synthetic.SyntheticModel;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.placement.Target;
import dev.lamina.gguf.GgufFile;
import dev.lamina.kernels.TensorType;
import dev.lamina.quantize.FileType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the passes of streams have, on a device that notes it. */
class BatchedSessionTest {
  @TempDir private static Path folder;
  private static Path file;

  private final RecordingBackend backend = new RecordingBackend();
  private final List<BatchedResult> results = new ArrayList<>();

  @BeforeAll
  static void makeModel() throws IOException {
    file = folder.resolve("m.gguf");
    ModelShape cut = ModelShape.of("qwen2.5-0.5b").withLayers(1);
    new SyntheticModel(cut, FileType.of("pure-IQ1_S"), 1).write(file);
  }

  private static BenchRun run(int nPrompt, int nGen, int nBatch, int nUbatch) {
    BenchSettings settings =
        new BenchSettings(
            1,
            nBatch,
            nUbatch,
            TensorType.Q8_0,
            TensorType.F16,
            FlashAttention.AUTO,
            true,
            CpuKernels.AUTO,
            Map.of());
    return Results.run(new BenchTest(nPrompt, nGen, 0), settings);
  }

  private void measure(List<BatchedRun> runs, int repetitions) throws IOException {
    try (GgufFile gguf = GgufFile.open(file);
        BenchSetup setup =
            new BenchSetup(
                _ ->
                    new MeasuredModel(
                        BenchModel.of(gguf), Model.load(gguf, RopeOverrides.none()), 0, () -> {}),
                (_, _) -> new BenchDevices(List.of(Target.only(backend)), () -> {}),
                warning -> {});
        BatchedSessions sessions = new BatchedSessions(setup, runs)) {
      new BatchedRunner(
              new BenchProtocol(repetitions, false, 0),
              new BenchProgress(_ -> {}, _ -> {}, runs.size()))
          .run(sessions, results::add);
    }
  }

  private List<String> passes() {
    return backend.passes.stream().map(Object::toString).toList();
  }

  @Test
  void passesMayHaveSeveralPrompts() throws IOException {
    measure(List.of(new BatchedRun(run(3, 2, 64, 4), 2)), 1);
    assertEquals(List.of("[0-2*, 0-0]", "[1-2*]", "[3-3*, 3-3*]", "[4-4*, 4-4*]"), passes());
  }

  @Test
  void batchesEndPasses() throws IOException {
    measure(List.of(new BatchedRun(run(3, 1, 5, 4), 2)), 1);
    assertEquals(List.of("[0-2*, 0-0]", "[1-1]", "[2-2*]", "[3-3*, 3-3*]"), passes());
  }

  @Test
  void moreStreamsThanRowsTakeSeveralPasses() throws IOException {
    measure(List.of(new BatchedRun(run(1, 1, 64, 2), 3)), 1);
    assertEquals(List.of("[0-0*, 0-0*]", "[0-0*]", "[1-1*, 1-1*]", "[1-1*]"), passes());
  }

  @Test
  void streamsShareNeitherTokensNorPages() throws IOException {
    measure(List.of(new BatchedRun(run(70, 1, 512, 512), 3)), 1);
    Set<List<Integer>> prompts = new HashSet<>();
    Set<Integer> pages = new HashSet<>();
    for (RecordingBackend.Rows rows : backend.passes.getFirst()) {
      prompts.add(rows.tokens());
      pages.add(rows.page());
    }
    assertEquals(3, prompts.size());
    assertEquals(3, pages.size());
  }

  @Test
  void repetitionsBeginAnew() throws IOException {
    BenchRun shared = run(70, 2, 512, 512);
    measure(BatchedRun.of(List.of(shared), List.of(3, 1)), 2);
    String prompt = "0-69*";
    List<String> three =
        List.of(
            List.of(prompt, prompt, prompt).toString(),
            "[70-70*, 70-70*, 70-70*]",
            "[71-71*, 71-71*, 71-71*]");
    List<String> one = List.of("[0-69*]", "[70-70*]", "[71-71*]");
    List<String> expected = new ArrayList<>();
    expected.addAll(three);
    expected.addAll(three);
    expected.addAll(one);
    expected.addAll(one);
    assertEquals(expected, passes());
    assertEquals(List.of(3, 1), results.stream().map(r -> r.run().streams()).toList());
    assertEquals(2, results.getFirst().times().size());
  }

  @Test
  void sizesAreThoseOfTheLargestRun() {
    RuntimeConfig config =
        BatchedSession.config(
            List.of(new BatchedRun(run(200, 4, 64, 16), 2), new BatchedRun(run(8, 8, 64, 16), 20)));
    assertEquals(new RuntimeConfig(204, 16, 20, 16, 16, TensorType.Q8_0, TensorType.F16), config);
    RuntimeConfig small = BatchedSession.config(List.of(new BatchedRun(run(3, 1, 64, 16), 2)));
    assertEquals(new RuntimeConfig(4, 2, 2, 6, 2, TensorType.Q8_0, TensorType.F16), small);
  }

  @Test
  void runsAreCounted() {
    BatchedRun run = new BatchedRun(run(64, 16, 512, 512), 4);
    assertEquals("4 x pp64+tg16", run.name());
    assertEquals(320, run.tokens());
    BatchedTimes times = BatchedTimes.mean(List.of(new BatchedTimes(1, 4), new BatchedTimes(3, 4)));
    assertEquals(128, times.promptSpeed(run));
    assertEquals(16, times.generationSpeed(run));
    assertEquals(320 / 6.0, times.speed(run));
    assertEquals(
        List.of("1 x pp64+tg16", "2 x pp64+tg16"),
        BatchedRun.of(List.of(run.run()), List.of(1, 2, 1)).stream()
            .map(BatchedRun::name)
            .toList());
  }

  @Test
  void whatIsNoRunOfStreamsIsAnError() {
    assertRefused("-np is 0", new BenchTest(8, 8, 0), 0);
    assertRefused("unlike tg8", new BenchTest(0, 8, 0), 1);
    assertRefused("unlike pp8", new BenchTest(8, 0, 0), 1);
    assertRefused("unlike pp8+tg8 @ d4", new BenchTest(8, 8, 4), 1);
    assertRefused("more than can be measured", new BenchTest(1_000_000, 1, 0), 1_000_000);
  }

  private static void assertRefused(String part, BenchTest test, int streams) {
    BenchRun run = Results.run(test, BenchSettings.of(1));
    String message =
        assertThrows(IllegalArgumentException.class, () -> new BatchedRun(run, streams))
            .getMessage();
    assertTrue(message.contains(part), message);
  }
}
