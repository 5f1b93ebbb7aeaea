package dev.lamina.engine.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.check.CheckResult;
import dev.lamina.engine.check.Completions;
import dev.lamina.engine.check.Doctor;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.ModelGraph;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.reference.ReferenceBackend;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.GgufFile;
import dev.lamina.kernels.TensorType;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that every backend must pass. Each operation, on every type, with odd sizes and extreme
 * values, must agree with the scalar reference. Whole models must agree with the reference and with
 * llama.cpp. The test of a backend only opens it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendSuite {
  private static final int[] BATCHES = {1, 2, 3, 7, 64};

  /** Largest difference of a logit between batch sizes, because sums have another order. */
  private static final double BATCH_BOUND = 2e-3;

  /** The same for many texts, whose passes have rows of several. */
  private static final double TEXTS_BOUND = 5e-3;

  /** Likewise for a model whose activations are rounded to 8 bits. */
  private static final double QUANTIZED_BOUND = 0.1;

  /** Logits of the reference after each token of {@link Golden#TEXT}. */
  private static List<float[]> expectedLogits;

  private Backend backend;

  /** Opens the backend; may skip all tests by an assumption. The suite closes it. */
  protected abstract Backend open() throws Exception;

  /**
   * Whether the backend differs only in its products from another backend that the suite also
   * tests.
   */
  protected boolean productsOnly() {
    return false;
  }

  /** Largest difference of a logit of the demo model from the reference's. */
  protected double logitBound() {
    return 5e-3;
  }

  /** Checks the results of comparisons. */
  protected void judge(List<CheckResult> results) {
    assertFalse(results.isEmpty());
    assertEquals(List.of(), results.stream().filter(result -> !result.ok()).toList());
  }

  @BeforeAll
  protected void openBackend() throws Exception {
    backend = open();
  }

  @AfterAll
  protected void closeBackend() {
    if (backend != null) {
      backend.close();
    }
  }

  protected static List<TensorType> weightTypes() {
    return Doctor.weightTypes();
  }

  @ParameterizedTest
  @MethodSource("weightTypes")
  @Tag("quality")
  protected void weights(TensorType type) {
    Doctor doctor = new Doctor(backend);
    assumeTrue(!productsOnly() || doctor.copies(type), "not by these kernels");
    judge(doctor.weights(type));
  }

  /** The most used types in all pairs, and every type with itself. */
  protected static Stream<Arguments> cacheTypes() {
    List<TensorType> mixed = Doctor.cacheTypes();
    return Stream.concat(
        mixed.stream().flatMap(keys -> mixed.stream().map(values -> Arguments.of(keys, values))),
        RuntimeConfig.cacheTypes().stream()
            .filter(type -> !mixed.contains(type))
            .map(type -> Arguments.of(type, type)));
  }

  @ParameterizedTest
  @MethodSource("cacheTypes")
  @Tag("quality")
  protected void attention(TensorType keys, TensorType values) {
    assumeFalse(productsOnly());
    RuntimeConfig config = new RuntimeConfig(1, 1, 1, keys, values);
    assumeTrue(backend.supportsCache(config), "its attention has no such cache");
    judge(new Doctor(backend).attention(keys, values));
  }

  @Test
  protected void rows() {
    assumeFalse(productsOnly());
    judge(new Doctor(backend).rows());
  }

  @Test
  protected void aModelGivesTheLogitsOfTheReferenceInBatchesOfAnySize() {
    try (GgufFile file = GgufFile.open(Golden.DEMO)) {
      Model model = Model.load(file, RopeOverrides.none());
      List<float[]> expected = expectedLogits(model);
      List<float[]> single = logits(model, backend, 1);
      List<CheckResult> results = new ArrayList<>();
      results.add(compare("logits", expected, single, logitBound()));
      for (int batch : BATCHES) {
        List<float[]> actual = logits(model, backend, batch);
        results.add(compare("batches of " + batch, single, actual, BATCH_BOUND));
      }
      judge(results);
    }
  }

  private static synchronized List<float[]> expectedLogits(Model model) {
    if (expectedLogits == null) {
      expectedLogits = logits(model, new ReferenceBackend(), 64);
    }
    return expectedLogits;
  }

  /** Logits with an F32 cache: rounding to F16 would amplify differences from the order of sums. */
  private static List<float[]> logits(Model model, Backend backend, int batch) {
    int[] tokens = model.tokenizer().encode(Golden.TEXT, true, true);
    List<float[]> rows = new ArrayList<>();
    try (Session session =
        new Session(
            model, backend, new RuntimeConfig(256, batch, batch, TensorType.F32, TensorType.F32))) {
      int n = model.config().nVocab();
      session.evalAll(
          tokens, (i, logits, offset) -> rows.add(Arrays.copyOfRange(logits, offset, offset + n)));
    }
    return rows;
  }

  private static CheckResult compare(
      String operation, List<float[]> expected, List<float[]> actual, double bound) {
    assertEquals(expected.size(), actual.size());
    double worst = 0;
    for (int t = 0; t < expected.size(); t++) {
      for (int id = 0; id < expected.get(t).length; id++) {
        double difference = Math.abs(expected.get(t)[id] - actual.get(t)[id]);
        worst = difference <= worst ? worst : difference;
      }
    }
    return new CheckResult("demo model", operation, worst, bound);
  }

  protected static List<TensorType> allCacheTypes() {
    return RuntimeConfig.cacheTypes();
  }

  /** Two pages go to other pages of another stack, which then gives the same logits. */
  @ParameterizedTest
  @MethodSource("allCacheTypes")
  protected void pagesThatAreReadAndWrittenAreTheSame(TensorType type) {
    assumeFalse(productsOnly());
    RuntimeConfig config = new RuntimeConfig(256, 128, 1, type, type);
    assumeTrue(backend.supportsCache(config), "its attention has no such cache");
    int[] tokens = new Random(6).ints(PageTable.POSITIONS + 30, 4, 500).toArray();
    try (GgufFile file = GgufFile.open(Golden.DEMO);
        Arena arena = Arena.ofConfined()) {
      ModelGraph graph = Model.load(file, RopeOverrides.none()).graph();
      try (LayerStack from = backend.load(List.of(Segment.all(graph)), config);
          LayerStack to = backend.load(List.of(Segment.all(graph)), config)) {
        forward(from, PageTable.every(1, 0, 2, 2), 0, tokens);
        MemorySegment page = arena.allocate(from.pageBytes(Group.ALL));
        MemorySegment again = arena.allocate(from.pageBytes(Group.ALL));
        for (int i = 0; i < 2; i++) {
          from.readPage(Group.ALL, i, page);
          to.writePage(Group.ALL, 2 + i, page);
          to.readPage(Group.ALL, 2 + i, again);
          assertEquals(-1, page.mismatch(again));
        }
        assertEquals(from.pageLayout(), to.pageLayout());
        int[] next = {7};
        assertArrayEquals(
            forward(from, PageTable.every(1, 0, 2, 2), tokens.length, next),
            forward(to, PageTable.every(1, 2, 4, 2), tokens.length, next));
      }
    }
  }

  /** Runs tokens through a whole model; returns the logits after the last one. */
  private static float[] forward(LayerStack stack, PageTable pages, int position, int[] tokens) {
    Batch batch = new Batch(List.of(Group.ALL), tokens.length, 1);
    batch.add(new PageTable[] {pages}, position, tokens, 0, tokens.length, tokens.length - 1);
    float[] logits = new float[1 << 12];
    stack.forward(0, batch, new float[0][], new float[][] {logits});
    return logits;
  }

  @Test
  protected void manyTextsAtOnceAreAsAlone() throws Exception {
    assumeFalse(productsOnly());
    for (Model model : List.of(SmallModel.load(), SmallModel.hybrid())) {
      manyTexts(model, TEXTS_BOUND);
    }
  }

  @Test
  @Tag("quality")
  protected void manyTextsOfAQuantizedModelAreAsAlone() throws Exception {
    assumeFalse(productsOnly());
    try (GgufFile file = GgufFile.open(Golden.DEMO)) {
      manyTexts(Model.load(file, RopeOverrides.none()), QUANTIZED_BOUND);
    }
  }

  private void manyTexts(Model model, double bound) throws Exception {
    judge(
        List.of(
            new ManyTexts(backend, model, bound).generated(),
            new ManyTexts(backend, model, bound).forked()));
  }

  @Test
  protected void demoModelExpectsWhatLlamaCppExpects() throws IOException {
    completions("demo", Golden.DEMO, Golden.DEMO_COMPLETIONS);
  }

  protected static List<String> samples() throws IOException {
    return GoldenData.sampleNames("golden/completions", ".json");
  }

  protected static List<String> wholeFiles() throws IOException {
    return GoldenData.names("golden/completions", ".json", "shakespeare-5m-F16");
  }

  /**
   * Compares log-probabilities of the next token with llama.cpp's, after its own tokens. llama.cpp
   * multiplies by activations rounded to 8 bits, so quantized models differ a little.
   */
  @ParameterizedTest
  @MethodSource("samples")
  protected void samplesExpectWhatLlamaCppExpects(String name) throws IOException {
    completions(name);
  }

  @ParameterizedTest
  @MethodSource("wholeFiles")
  @Tag("quality")
  protected void wholeFilesExpectWhatLlamaCppExpects(String name) throws IOException {
    completions(name);
  }

  private void completions(String name) throws IOException {
    completions(
        name,
        GoldenData.file("models/" + name + ".gguf"),
        GoldenData.file("golden/completions/" + name + ".json"));
  }

  private void completions(String name, Path model, Path reference) throws IOException {
    Completions completions = Completions.read(reference);
    try (GgufFile file = GgufFile.open(model);
        Session session =
            new Session(
                Model.load(file, RopeOverrides.none()), backend, Completions.runtimeConfig(256))) {
      Completions.Difference difference = completions.compare(session);
      if (difference.ok()) {
        System.out.println(getClass().getSimpleName() + " " + name + ": " + difference);
      }
      double error = difference.ok() ? difference.mean() : Double.NaN;
      judge(
          List.of(
              new CheckResult(name + ": " + difference, "completions", error, difference.bound())));
    }
  }
}
