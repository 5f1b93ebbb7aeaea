package dev.lamina.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  /** All steps off, temperature 1. */
  private static final SamplingOptions PLAIN =
      filters(SamplingOptions.defaults(), 0, 1, 0, 1).withTemperature(1).withSeed(1L);

  @Test
  void greedyTakesTheFirstOfEqualLogits() {
    assertEquals(1, greedy(SamplingOptions.greedy(), 1, 5, 5, -2));
    assertEquals(0, greedy(SamplingOptions.greedy(), 3, 3, 3));
    assertEquals(2, greedy(SamplingOptions.greedy().withTemperature(-1), NAN, -INF, -9));
    assertEquals(1, greedy(SamplingOptions.greedy(), 1, INF, 2));
  }

  @Test
  void biasComesFirst() {
    SamplingOptions options = SamplingOptions.greedy();
    assertEquals(2, greedy(options.withLogitBias(Map.of(2, 4.5f)), 5, 3, 1));
    assertEquals(1, greedy(options.withLogitBias(Map.of(0, -INF)), 5, 3, 1));
    // 2 + 4 = 6 is halved to 3, below 3.5; bias after the penalty would give 5.
    Sampler sampler =
        Samplers.create(
            options.with(new SamplingOptions.Penalties(2, 0, 0, 64)).withLogitBias(Map.of(1, 4.0f)),
            2);
    sampler.accept(1);
    assertEquals(0, sampler.sample(new float[] {3.5f, 2}));
  }

  @Test
  void penaltiesAreExact() {
    SamplerStep penalties = penalties(2, 0.25f, 0.5f, 4, 5);
    for (int token : new int[] {4, 0, 1, 1, 2}) {
      penalties.accept(token);
    }
    float[] logits = {8, -3, 0, 7, 6};
    apply(penalties, logits);
    // Token 4 has left the window of 4: 0, 1, 1, 2.
    assertFloats(logits, 4 - 0.75f, -6 - 1.0f, 0 - 0.75f, 7, 6);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 64, 300, 1000, -1})
  void penaltyWindowHoldsTheLastTokens(int lastN) {
    Random random = new Random(lastN);
    SamplerStep penalties = penalties(1, 1, 0, lastN, 10);
    int[] tokens = random.ints(2500, 0, 10).toArray();
    for (int i = 0; i < tokens.length; i++) {
      penalties.accept(tokens[i]);
      if (i % 97 == 0 || i + 1 == tokens.length) {
        float[] expected = new float[10];
        for (int j = lastN < 0 ? 0 : Math.max(0, i + 1 - lastN); j <= i; j++) {
          expected[tokens[j]]--;
        }
        float[] logits = new float[10];
        apply(penalties, logits);
        assertFloats(logits, expected);
      }
    }
  }

  @Test
  void penaltiesAreOffWithoutAWindow() {
    Sampler sampler =
        Samplers.create(
            SamplingOptions.greedy().with(new SamplingOptions.Penalties(100, 9, 9, 0)), 2);
    sampler.accept(0);
    assertEquals(0, sampler.sample(new float[] {1, 0.5f}));
  }

  @Test
  void topKSortsAndPrefersLowIds() {
    assertSurvivors(filters(PLAIN, 3, 1, 0, 1), new float[] {1, 4, 2, 4, 3, 2}, 1, 3, 4);
    assertSurvivors(filters(PLAIN, 2, 1, 0, 1), new float[] {2, 7, 7, 7}, 1, 2);
    assertSurvivors(filters(PLAIN, 9, 1, 0, 1), new float[] {1, 3, 2}, 1, 2, 0);
    assertSurvivors(filters(PLAIN, 0, 1, 0, 1), new float[] {1, 3, 2}, 0, 1, 2);
    assertSurvivors(filters(PLAIN, 4, 1, 0, 1), new float[] {NAN, -0.0f, -INF, 0}, 1, 3);
  }

  @Test
  void topPKeepsTheLeastPrefixThatReachesP() {
    float[] logits = logs(0.1, 0.4, 0.2, 0.3);
    for (int k : new int[] {0, 4}) {
      assertSurvivors(filters(PLAIN, k, 0.35f, 0, 1), logits, 1);
      assertSurvivors(filters(PLAIN, k, 0.45f, 0, 1), logits, 1, 3);
      assertSurvivors(filters(PLAIN, k, 0.85f, 0, 1), logits, 1, 3, 2);
      assertSurvivors(filters(PLAIN, k, 0.95f, 0, 1), logits, 1, 3, 2, 0);
      assertSurvivors(filters(PLAIN, k, 0, 0, 1), logits, 1);
    }
    // Of the top 2 alone, token 1 has 4/7.
    assertSurvivors(filters(PLAIN, 2, 0.56f, 0, 1), logits, 1);
    Candidates both = filter(filters(PLAIN, 2, 0.6f, 0, 1), logits);
    assertEquals(2, both.size());
    assertEquals(4 / 7.0, both.probability(0), 1e-6);
    assertEquals(3 / 7.0, both.probability(1), 1e-6);
  }

  @Test
  void minPComparesWithTheBest() {
    float[] logits = logs(0.1, 0.4, 0.2, 0.3);
    assertSurvivors(filters(PLAIN, 0, 1, 0.3f, 1), logits, 1, 2, 3);
    assertSurvivors(filters(PLAIN, 4, 1, 0.3f, 1), logits, 1, 3, 2);
    assertSurvivors(filters(PLAIN, 4, 1, 0.7f, 1), logits, 1, 3);
    assertSurvivors(filters(PLAIN, 4, 1, 0.8f, 1), logits, 1);
    assertSurvivors(filters(PLAIN, 0, 1, 1, 1), new float[] {2, 5, 5}, 1, 2);
    // Top-p comes first and leaves 1, 3, 2; min-p then drops 2.
    assertSurvivors(filters(PLAIN, 0, 0.85f, 0.6f, 1), logits, 1, 3);
  }

  /** Entropy 1.2799 nats; distances from it: 2.3026 -> 1.0227, 0.9163 -> 0.3636, 0.3295, 0.0759. */
  @Test
  void typicalKeepsTheNearestToTheEntropy() {
    float[] logits = logs(0.1, 0.4, 0.2, 0.3);
    for (int k : new int[] {0, 4}) {
      assertSurvivors(filters(PLAIN, k, 1, 0, 0.25f), logits, 3);
      assertSurvivors(filters(PLAIN, k, 1, 0, 0.45f), logits, 3, 2);
      assertSurvivors(filters(PLAIN, k, 1, 0, 0.55f), logits, 3, 2, 1);
      assertSurvivors(filters(PLAIN, k, 1, 0, 0.95f), logits, 3, 2, 1, 0);
      assertSurvivors(filters(PLAIN, k, 1, 0, 0), logits, 3);
      // Top-p then sorts what is left: of 3 (0.6) and 2 (0.4), 0.6 reach 0.5.
      assertSurvivors(filters(PLAIN, k, 0.5f, 0, 0.45f), logits, 3);
    }
  }

  @Test
  void temperatureComesAfterTheFilters() {
    // At temperature 1 token 1 alone has 0.5 of the probability, so it is the only one left.
    SamplingOptions options = filters(PLAIN, 0, 0.5f, 0, 1).withTemperature(100);
    for (long seed = 0; seed < 50; seed++) {
      Sampler sampler = Samplers.create(options.withSeed(seed), 3);
      assertEquals(1, sampler.sample(logs(0.2, 0.55, 0.25)), "seed " + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.5f, 1, 2})
  void drawsFollowTheProbabilities(float temperature) {
    double[] p = {0.1, 0.4, 0.2, 0.3};
    double total = 0;
    for (double x : p) {
      total += Math.pow(x, 1 / temperature);
    }
    int n = 100_000;
    int[] counts = new int[p.length];
    Sampler sampler = Samplers.create(PLAIN.withTemperature(temperature), p.length);
    for (int i = 0; i < n; i++) {
      counts[sampler.sample(logs(p))]++;
    }
    double chiSquare = 0;
    for (int i = 0; i < p.length; i++) {
      double expected = n * Math.pow(p[i], 1 / temperature) / total;
      chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    // 99.9 % of a chi-square with 3 degrees of freedom.
    assertTrue(chiSquare < 16.27, "chi-square " + chiSquare + " with seed 1");
  }

  @Test
  void equalSeedsGiveEqualTokens() {
    int[] first = tokens(SamplingOptions.defaults().withSeed(42L));
    assertEquals(
        Arrays.toString(first), Arrays.toString(tokens(SamplingOptions.defaults().withSeed(42L))));
    assertFalse(Arrays.equals(first, tokens(SamplingOptions.defaults().withSeed(43L))));
    Sampler drawn = Samplers.create(SamplingOptions.defaults(), 500);
    int[] expected = tokens(drawn);
    assertEquals(
        Arrays.toString(expected),
        Arrays.toString(tokens(SamplingOptions.defaults().withSeed(drawn.seed()))));
    assertEquals(4294967295L, Samplers.create(PLAIN.withSeed(-1L), 1).seed());
  }

  @Test
  void extremeLogits() {
    for (SamplingOptions options :
        new SamplingOptions[] {
          PLAIN,
          SamplingOptions.defaults().withSeed(3L),
          filters(PLAIN, 0, 0.9f, 0.1f, 0.9f),
          filters(PLAIN, 3, 0.9f, 0.1f, 0.9f).withTemperature(Float.MIN_VALUE)
        }) {
      assertEquals(0, greedy(options, -1e30f), options.toString());
      assertEquals(2, greedy(options, -INF, NAN, 0, -INF), options.toString());
      assertEquals(1, greedy(options, 0, INF, 0), options.toString());
      assertEquals(1, greedy(options, -Float.MAX_VALUE, Float.MAX_VALUE, 0), options.toString());
      int equal = greedy(options, 1e30f, 1e30f, 1e30f);
      assertTrue(equal >= 0 && equal < 3);
    }
  }

  @Test
  void nothingToChoose() {
    float[] logits = {NAN, -INF};
    for (SamplingOptions options : new SamplingOptions[] {PLAIN, SamplingOptions.greedy()}) {
      Sampler sampler = Samplers.create(options, 2);
      String message =
          assertThrows(NoCandidateException.class, () -> sampler.sample(logits)).getMessage();
      assertTrue(message.startsWith("no token can be chosen"), message);
    }
  }

  @Test
  void badOptionsAreNamed() {
    SamplingOptions base = SamplingOptions.defaults();
    assertBad("temperature is NaN", () -> base.withTemperature(NAN));
    assertBad("temperature is Infinity", () -> base.withTemperature(INF));
    assertBad("top-p is -0.1", () -> filters(base, 40, -0.1f, 0, 1));
    assertBad("top-p is 95.0", () -> filters(base, 40, 95, 0, 1));
    assertBad("min-p is NaN", () -> filters(base, 40, 1, NAN, 1));
    assertBad("typical-p is 1.5", () -> filters(base, 40, 1, 0, 1.5f));
    assertBad("repeat penalty is 0.0", () -> base.with(new SamplingOptions.Penalties(0, 0, 0, 64)));
    assertBad(
        "frequency penalty is NaN", () -> base.with(new SamplingOptions.Penalties(1, NAN, 0, 64)));
    assertBad(
        "presence penalty is -Infinity",
        () -> base.with(new SamplingOptions.Penalties(1, 0, -INF, 64)));
    assertBad("repeat-last-n) are -2", () -> base.with(new SamplingOptions.Penalties(1, 0, 0, -2)));
    assertBad("token -1", () -> base.withLogitBias(Map.of(-1, 0f)));
    assertBad("bias of token 7 is Infinity", () -> base.withLogitBias(Map.of(7, INF)));
    assertBad("token 7", () -> Samplers.create(base.withLogitBias(Map.of(7, 1f)), 7));
    assertBad("vocabulary of 0", () -> Samplers.create(base, 0));
    Sampler sampler = Samplers.create(base, 4);
    assertBad("3 logits", () -> sampler.sample(new float[3]));
    assertThrows(IllegalArgumentException.class, () -> sampler.accept(4));
  }

  /** Every step against a simple implementation of its definition that sorts all tokens. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithFullSorts(int seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      int n = 1 + random.nextInt(300);
      float[] logits = new float[n];
      for (int i = 0; i < n; i++) {
        logits[i] = random.nextInt(8) == 0 ? random.nextInt(3) : (float) random.nextGaussian() * 3;
      }
      int k = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(n);
      float p = random.nextFloat();
      Integer[] ids = new Integer[n];
      for (int i = 0; i < n; i++) {
        ids[i] = i;
      }
      Arrays.sort(
          ids, (a, b) -> logits[a] == logits[b] ? a - b : Float.compare(logits[b], logits[a]));
      int limit = k == 0 ? n : k;
      double sum = 0;
      for (int i = 0; i < limit; i++) {
        sum += Math.exp(logits[ids[i]]);
      }
      double cumulative = 0;
      int keep = 0;
      while (keep < limit && cumulative < p) {
        cumulative += Math.exp(logits[ids[keep++]]) / sum;
      }
      int[] expected = new int[Math.max(1, keep)];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = ids[i];
      }
      assertSurvivors(filters(PLAIN, k, p, 0, 1), logits, expected);
    }
  }

  @Test
  void nothingIsAllocatedPerToken() {
    int n = 20_000;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (SamplingOptions options :
        new SamplingOptions[] {
          SamplingOptions.defaults().with(new SamplingOptions.Penalties(1.1f, 0.1f, 0.1f, 64)),
          filters(PLAIN, 0, 0.9f, 0.05f, 0.9f)
        }) {
      Sampler sampler = Samplers.create(options, n);
      float[] logits = new float[n];
      float[] original = gaussian(n);
      for (int i = 0; i < 100; i++) {
        System.arraycopy(original, 0, logits, 0, n);
        sampler.accept(sampler.sample(logits));
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100; i++) {
        System.arraycopy(original, 0, logits, 0, n);
        sampler.accept(sampler.sample(logits));
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(bytes < 100, bytes + " bytes in 100 tokens, " + options);
    }
  }

  private static int greedy(SamplingOptions options, float... logits) {
    return Samplers.create(options, logits.length).sample(logits);
  }

  private static int[] tokens(SamplingOptions options) {
    return tokens(Samplers.create(options, 500));
  }

  private static int[] tokens(Sampler sampler) {
    float[] original = gaussian(500);
    int[] tokens = new int[100];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = sampler.sample(original.clone());
      sampler.accept(tokens[i]);
    }
    return tokens;
  }

  private static float[] gaussian(int n) {
    Random random = new Random(7);
    float[] logits = new float[n];
    for (int i = 0; i < n; i++) {
      logits[i] = (float) random.nextGaussian() * 2;
    }
    return logits;
  }

  private static float[] logs(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      // Any constant may be added.
      logits[i] = (float) (Math.log(probabilities[i]) + 5);
    }
    return logits;
  }

  private static SamplingOptions filters(
      SamplingOptions options, int topK, float topP, float minP, float typicalP) {
    return options.with(new SamplingOptions.Filters(topK, topP, minP, typicalP, -1));
  }

  private static SamplerStep penalties(
      float repeat, float frequency, float presence, int lastN, int nVocab) {
    SamplingOptions options =
        SamplingOptions.defaults()
            .with(new SamplingOptions.Penalties(repeat, frequency, presence, lastN));
    return PenaltiesStep.create(new SamplerSetup(options, nVocab, null, 4096, 1));
  }

  private static void apply(SamplerStep step, float[] logits) {
    Candidates candidates = new Candidates();
    candidates.reset(logits);
    step.apply(candidates);
  }

  private static Candidates filter(SamplingOptions options, float[] logits) {
    Candidates candidates =
        new ChainSampler(new SamplerSetup(options, logits.length, null, 4096, 1)).filter(logits);
    candidates.softmax();
    return candidates;
  }

  private static void assertSurvivors(SamplingOptions options, float[] logits, int... expected) {
    Candidates candidates = filter(options, logits);
    int[] ids = new int[candidates.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = candidates.id(i);
      assertEquals(logits[ids[i]], candidates.logit(i), 0);
    }
    assertEquals(Arrays.toString(expected), Arrays.toString(ids), options.toString());
  }

  private static void assertFloats(float[] actual, float... expected) {
    assertEquals(Arrays.toString(expected), Arrays.toString(actual));
  }

  private static void assertBad(String part, Supplier<?> action) {
    String message = assertThrows(IllegalArgumentException.class, action::get).getMessage();
    assertTrue(message.contains(part) && !message.contains("\n"), message);
  }
}
