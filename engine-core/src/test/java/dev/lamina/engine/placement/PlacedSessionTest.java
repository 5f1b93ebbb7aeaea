package dev.lamina.engine.placement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.reference.ReferenceBackend;
import dev.lamina.engine.schedule.Session;
import dev.lamina.engine.testing.FakeGpu;
import dev.lamina.engine.testing.SmallModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models on several devices that compute the same, because all devices are the scalar reference.
 */
class PlacedSessionTest {
  private static final RuntimeConfig CONFIG = RuntimeConfig.of(64, 8);
  private static final int[] PROMPT = {418, 308, 11, 532, 326, 292, 308, 11, 331, 327, 267, 583};
  private static final int N_TOKENS = 6;
  private static final long PLENTY = 1L << 40;

  private final List<String> warnings = new ArrayList<>();
  private final Backend cpu = new ReferenceBackend();
  private final Model model = SmallModel.load();
  private List<float[]> expected;

  @BeforeEach
  void generateOnTheCpu() {
    try (Session session = new Session(model, cpu, CONFIG)) {
      expected = generate(session);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 100})
  void everyNumberOfLayersGivesTheSame(int gpuLayers) {
    FakeGpu gpu = new FakeGpu(cpu, 0, PLENTY);
    check(PlacementOptions.layers(gpuLayers), Math.min(gpuLayers, 7), gpu.target(PLENTY));
    assertEquals(List.of(), warnings);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ffn_up=fake0",
        "blk\\.[24]\\.=fake:0,attn_q=fake0",
        "output=fake0",
        "token_embd=fake0",
        "attn_norm=fake0",
        "ffn=cpu"
      })
  void overridesGiveTheSame(String overrides) {
    for (int layers : new int[] {0, 3, 7}) {
      FakeGpu gpu = new FakeGpu(cpu, 0, PLENTY);
      PlacementOptions options =
          new PlacementOptions(
              layers, false, List.of(), -1, false, TensorOverride.parse(overrides));
      check(options, layers, gpu.target(PLENTY));
    }
  }

  @Test
  void attentionOverCachesThatAGpuCannotReadStaysOnTheCpu() {
    FakeGpu gpu = new FakeGpu(cpu, 0, PLENTY);
    gpu.refuseCaches();
    check(PlacementOptions.layers(7), 7, gpu.target(PLENTY));
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains("fake:0 has no attention over a cache of F16"));
  }

  @Test
  void attentionOnTheCpuGivesTheSame() {
    FakeGpu gpu = new FakeGpu(cpu, 0, PLENTY);
    PlacementOptions options =
        new PlacementOptions(PlacementOptions.ALL, false, List.of(), -1, true, List.of());
    check(options, 7, gpu.target(PLENTY));
  }

  @Test
  void severalGpusGiveTheSame() {
    Target first = new FakeGpu(cpu, 0, PLENTY).target(PLENTY);
    Target second = new FakeGpu(cpu, 1, PLENTY).target(PLENTY);
    PlacementOptions options =
        new PlacementOptions(5, false, List.of(3.0, 2.0), 0, false, List.of());
    Placer placer = new Placer(model, CONFIG, options, targets(first, second), warnings::add);
    try (Session session = new Session(placer)) {
      assertEquals(List.of(0, 1, 1, 1, 2, 2), session.placement().layers());
      same(generate(session));
    }
    check(PlacementOptions.layers(7), 7, first, second);
  }

  /** An observer sees the same products, wherever they run. */
  @Test
  void observersSeeTheSame() {
    FakeGpu gpu = new FakeGpu(cpu, 0, PLENTY);
    List<String> alone = observed(PlacementOptions.layers(0), targets());
    // 6 layers of 7 products; the output head only for wanted logits.
    assertEquals(6 * 7 + 1, alone.stream().filter(line -> line.endsWith(" 1")).count());
    assertEquals(alone, observed(PlacementOptions.layers(3), targets(gpu.target(PLENTY))));
    PlacementOptions mixed =
        new PlacementOptions(
            5, false, List.of(), -1, true, TensorOverride.parse("ffn_up=cpu,attn_q=fake0"));
    assertEquals(alone, observed(mixed, targets(gpu.target(PLENTY))));
  }

  /** For each product, the matrix, the sum of its input and the rows. */
  private List<String> observed(PlacementOptions options, List<Target> targets) {
    List<String> lines = new ArrayList<>();
    Placer placer =
        new Placer(
            model,
            CONFIG,
            options,
            targets,
            warnings::add,
            (weight, input, rows) -> {
              float sum = 0;
              for (int i = 0; i < rows * weight.columns(); i++) {
                sum += input[i];
              }
              lines.add(weight.name() + " " + sum + " " + rows);
            });
    try (Session session = new Session(placer)) {
      session.eval(PROMPT, 0, 9); // batches of 8 and 1
    }
    return lines;
  }

  /**
   * The device gets as many layers as fit its memory, with a warning if its memory was not known.
   */
  @Test
  void layersThatDoNotLoadStayOnTheCpu() {
    for (long memory = 20_000; memory < 800_000; memory += 40_000) {
      warnings.clear();
      FakeGpu gpu = new FakeGpu(cpu, 0, memory);
      Target target = gpu.target(PLENTY);
      Placer placer =
          new Placer(
              model,
              CONFIG,
              PlacementOptions.layers(PlacementOptions.ALL),
              targets(target),
              warnings::add);
      try (Session session = new Session(placer)) {
        same(generate(session));
        int n = session.placement().nLayersOn(1);
        boolean all = session.placement().gpuLayers() == 7;
        assertEquals(
            all ? List.of() : List.of("fake:0: out of memory; " + n + " of 6 layers run on GPUs"),
            warnings);
      }
    }
  }

  /** With a known budget, no load fails. */
  @Test
  void autoFitsTheBudget() {
    int last = 0;
    for (long memory = 20_000; memory < 800_000; memory += 40_000) {
      FakeGpu gpu = new FakeGpu(cpu, 0, memory);
      Placer placer =
          new Placer(
              model,
              CONFIG,
              PlacementOptions.layers(PlacementOptions.AUTO),
              targets(gpu.target(memory)),
              warnings::add);
      try (Session session = new Session(placer)) {
        same(generate(session));
        int n = session.placement().gpuLayers();
        assertTrue(n >= last, "fewer layers with more memory");
        assertEquals(n > 0 ? 1 : 0, gpu.loads());
        last = n;
      }
    }
    assertEquals(7, last);
    assertEquals(List.of(), warnings);
  }

  /** A device fails at any point of a generation. */
  @Test
  void aLostDeviceChangesNothing() {
    boolean lost = true;
    for (int k = 0; lost; k++) {
      warnings.clear();
      FakeGpu gpu = new FakeGpu(cpu, 0, PLENTY);
      gpu.failAfter(k);
      Placer placer =
          new Placer(
              model,
              CONFIG,
              PlacementOptions.layers(4),
              targets(gpu.target(PLENTY)),
              warnings::add);
      try (Session session = new Session(placer)) {
        same(generate(session));
      }
      lost = !warnings.isEmpty();
      assertEquals(
          lost ? List.of("fake:0: it was pulled out; going on without fake:0") : List.of(),
          warnings);
      assertTrue(lost || k > N_TOKENS, "never failed");
    }
  }

  @Test
  void bothOfTwoDevicesMayBeLost() {
    FakeGpu first = new FakeGpu(cpu, 0, PLENTY);
    FakeGpu second = new FakeGpu(cpu, 1, PLENTY);
    first.failAfter(5);
    second.failAfter(6);
    Placer placer =
        new Placer(
            model,
            CONFIG,
            PlacementOptions.layers(PlacementOptions.ALL),
            targets(first.target(PLENTY), second.target(PLENTY)),
            warnings::add);
    try (Session session = new Session(placer)) {
      same(generate(session));
    }
    assertEquals(2, warnings.size(), warnings::toString);
  }

  @Test
  void refusesDevicesThatAreNotThere() {
    Target gpu = new FakeGpu(cpu, 0, PLENTY).target(PLENTY);
    assertRefused(
        "tensors are put on cuda:1, which is not in use; there are cpu:0, fake:0",
        new PlacementOptions(1, false, List.of(), -1, false, TensorOverride.parse("ffn=CUDA1")),
        gpu);
    assertRefused(
        "2 GPUs are meant, but 1 is in use",
        new PlacementOptions(1, false, List.of(1.0, 1.0), -1, false, List.of()),
        gpu);
    assertRefused(
        "3 GPUs are meant, but 1 is in use",
        new PlacementOptions(1, false, List.of(), 2, false, List.of()),
        gpu);
  }

  private void assertRefused(String message, PlacementOptions options, Target gpu) {
    Placer placer = new Placer(model, CONFIG, options, targets(gpu), warnings::add);
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> new Session(placer)).getMessage());
  }

  private void check(PlacementOptions options, int gpuLayers, Target... gpus) {
    Placer placer = new Placer(model, CONFIG, options, targets(gpus), warnings::add);
    try (Session session = new Session(placer)) {
      assertEquals(gpuLayers, session.placement().gpuLayers());
      same(generate(session));
    }
  }

  private List<Target> targets(Target... gpus) {
    Device device =
        new Device("cpu", 0, Device.Kind.CPU, "", "", "", PLENTY, PLENTY, List.of(), "");
    List<Target> targets = new ArrayList<>();
    targets.add(new Target(device, cpu, Long.MAX_VALUE));
    targets.addAll(List.of(gpus));
    return targets;
  }

  private void same(List<float[]> actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "token " + i);
    }
  }

  /** Logits after a prompt in two batches, and after each of some greedy tokens. */
  private static List<float[]> generate(Session session) {
    List<float[]> rows = new ArrayList<>();
    rows.add(session.eval(PROMPT).clone());
    for (int i = 0; i < N_TOKENS; i++) {
      float[] last = rows.getLast();
      int best = 0;
      for (int id = 1; id < last.length; id++) {
        best = last[id] > last[best] ? id : best;
      }
      rows.add(session.eval(new int[] {best}).clone());
    }
    return rows;
  }
}
