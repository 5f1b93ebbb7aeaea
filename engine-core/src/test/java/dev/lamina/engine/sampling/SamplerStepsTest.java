package dev.lamina.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.sampling.SamplingOptions.Adaptive;
import dev.lamina.engine.sampling.SamplingOptions.Dry;
import dev.lamina.engine.sampling.SamplingOptions.Filters;
import dev.lamina.engine.sampling.SamplingOptions.Mirostat;
import dev.lamina.engine.sampling.SamplingOptions.Temperature;
import dev.lamina.engine.sampling.SamplingOptions.Xtc;
import dev.lamina.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The steps of sampler chains against their definitions, and their order. */
class SamplerStepsTest {
  private static final SamplingOptions BASE =
      SamplingOptions.defaults().withTemperature(1).with(new Filters(0, 1, 0, 1, -1)).withSeed(1L);

  @ParameterizedTest
  @CsvSource({
    "penalties,PENALTIES",
    "dry,DRY",
    "top_n_sigma,TOP_N_SIGMA",
    "top-n-sigma,TOP_N_SIGMA",
    "top_k,TOP_K",
    "top-k,TOP_K",
    "typ_p,TYPICAL_P",
    "typical_p,TYPICAL_P",
    "typical-p,TYPICAL_P",
    "typical,TYPICAL_P",
    "typ-p,TYPICAL_P",
    "typ,TYPICAL_P",
    "top_p,TOP_P",
    "top-p,TOP_P",
    "nucleus,TOP_P",
    "min_p,MIN_P",
    "min-p,MIN_P",
    "xtc,XTC",
    "temperature,TEMPERATURE",
    "temp,TEMPERATURE",
    "infill,INFILL",
    "adaptive_p,ADAPTIVE_P",
    "adaptive-p,ADAPTIVE_P",
    "Top_K,TOP_K"
  })
  void hasLlamasNames(String name, SamplerType type) {
    assertEquals(type, SamplerType.named(name).orElseThrow());
  }

  @Test
  void readsChains() {
    List<String> warnings = new ArrayList<>();
    assertEquals(
        SamplerType.defaultChain(),
        SamplerType.parseNames(
            "penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature", warnings::add));
    assertEquals(SamplerType.defaultChain(), SamplerType.parseLetters("edskypmxt", warnings::add));
    assertEquals(
        List.of(SamplerType.INFILL, SamplerType.ADAPTIVE_P),
        SamplerType.parseLetters("ia", warnings::add));
    assertEquals(List.of(), SamplerType.parseNames("", warnings::add));
    assertEquals(List.of(), warnings);
    assertEquals(List.of(SamplerType.TOP_K), SamplerType.parseNames("top_k;tfs_z", warnings::add));
    assertEquals(List.of(SamplerType.TOP_K), SamplerType.parseLetters("kf", warnings::add));
    assertEquals(2, warnings.size());
    assertTrue(warnings.get(0).contains("\"tfs_z\""), warnings.get(0));
    assertTrue(warnings.get(1).contains("'f'"), warnings.get(1));
  }

  @Test
  void orderCounts() {
    float[] logits = logs(0.5, 0.3, 0.2);
    SamplingOptions options = BASE.withTemperature(0.5f).with(new Filters(0, 0.6f, 0, 1, -1));
    // At temperature 0.5 they have 0.66, 0.24 and 0.11.
    assertSurvivors(chain(options, SamplerType.TOP_P, SamplerType.TEMPERATURE), logits, 0, 1);
    assertSurvivors(chain(options, SamplerType.TEMPERATURE, SamplerType.TOP_P), logits, 0);
    assertSurvivors(chain(options), logits, 0, 1, 2);
    // Without the temperature among the steps it has no effect, 0 neither.
    SamplingOptions hot = chain(BASE.withTemperature(0), SamplerType.TOP_K);
    boolean others = false;
    for (long seed = 0; seed < 20; seed++) {
      others |= sample(hot.withSeed(seed), logits) != 0;
    }
    assertTrue(others);
  }

  @Test
  void penaltiesMayComeLater() {
    SamplingOptions options =
        chain(
            BASE.with(new Filters(2, 1, 0, 1, -1)).with(new SamplingOptions.Penalties(1, 0, 5, 64)),
            SamplerType.TOP_K,
            SamplerType.PENALTIES);
    ChainSampler sampler = new ChainSampler(setup(options, 3, null));
    sampler.accept(2);
    Candidates candidates = sampler.filter(new float[] {1, 2, 3});
    assertEquals(2, candidates.size());
    assertEquals(-2, candidates.logit(0));
    assertEquals(2, candidates.id(0));
    assertEquals(2, candidates.maxLogit());
    candidates.keepTop(1);
    assertEquals(1, candidates.id(0));
  }

  @ParameterizedTest
  @ValueSource(floats = {0.5f, 1, 1.5f})
  void topNSigmaMasksWhatIsFarBelow(float n) {
    float[] logits = {0, 3, 0, 10, 7};
    // The mean is 4.
    double deviation = Math.sqrt((16 + 1 + 16 + 36 + 9) / 5.0);
    int[] expected =
        IntStream.of(3, 4, 1, 0, 2).filter(i -> logits[i] >= 10 - n * deviation).toArray();
    SamplingOptions options = chain(BASE.with(new Filters(0, 1, 0, 1, n)), SamplerType.TOP_N_SIGMA);
    Candidates candidates = filter(options, logits.clone());
    assertEquals(5, candidates.size());
    for (int i = 0; i < 5; i++) {
      if (i < expected.length) {
        assertEquals(expected[i], candidates.id(i));
      } else {
        assertEquals(0, candidates.probability(i));
      }
    }
  }

  /** The first float of std::mt19937 with seed 5489 is 3499211612 / 2^32 = 0.8147. */
  @Test
  void xtcDropsTopChoicesByItsOwnRandomNumbers() {
    float[] logits = logs(0.1, 0.3, 0.4, 0.2);
    assertSurvivors(xtc(0.82f, 0.15f), logits, 3, 0);
    assertSurvivors(xtc(0.81f, 0.15f), logits, 0, 1, 2, 3);
    assertSurvivors(xtc(1, 0.25f), logits, 1, 3, 0);
    assertSurvivors(xtc(1, 0.35f), logits, 2, 1, 3, 0);
    assertSurvivors(xtc(1, 0.51f), logits, 0, 1, 2, 3);
    assertSurvivors(xtc(1, 0), logits, 0);
    assertEquals(3, sample(xtc(1, 0.15f).withTemperature(0), logits), "greedy takes what it left");
  }

  private static SamplingOptions xtc(float probability, float threshold) {
    return chain(
        BASE.with(new Xtc(probability, threshold)).withSeed(5489L),
        SamplerType.XTC,
        SamplerType.TEMPERATURE);
  }

  @Test
  void dynamicTemperatureFollowsTheEntropy() {
    // 1/4 and 3/4 have 0.8113 of the greatest entropy of two.
    float[] logits = {0, (float) Math.log(3)};
    double share = (0.25 * Math.log(4) + 0.75 * Math.log(4.0 / 3)) / Math.log(2);
    for (float exponent : new float[] {1, 2}) {
      SamplingOptions options =
          chain(BASE.with(new Temperature(1, 0.4f, exponent)), SamplerType.TEMPERATURE);
      Candidates candidates = filter(options, logits.clone());
      double temperature = 0.6 + 0.8 * Math.pow(share, exponent);
      assertEquals(1, candidates.id(0));
      assertEquals(Math.log(3) / temperature, candidates.logit(0) - candidates.logit(1), 1e-5);
    }
    SamplingOptions cold =
        chain(BASE.with(new Temperature(0.2f, 0.3f, 50)), SamplerType.TEMPERATURE);
    assertSurvivors(cold, new float[] {1, 1000, 2}, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void dryPenalizesWhatGoesOnWithARepetition(int seed) {
    Random random = new Random(seed);
    int allowed = 1 + seed % 3;
    int lastN = seed % 2 == 0 ? 30 : -1;
    Dry options = new Dry(0.8f, 1.75f, allowed, lastN, List.of("."));
    Tokenizer tokenizer = new FakeTokenizer("a", "b", "c", "d", ".", "</s>");
    SamplingOptions all = chain(BASE.with(options), SamplerType.DRY);
    ChainSampler sampler = new ChainSampler(setup(all, 6, tokenizer));
    List<Integer> written = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      int token = random.nextInt(25) == 0 ? 4 : random.nextInt(random.nextInt(3) == 0 ? 4 : 2);
      sampler.accept(token);
      written.add(token);
      Candidates candidates = sampler.filter(new float[6]);
      candidates.gather();
      List<Integer> seen = lastN < 0 || i < lastN ? written : written.subList(i + 1 - lastN, i + 1);
      for (int c = 0; c < 6; c++) {
        int length = repetition(seen, c, 4);
        double expected =
            c == 4 || length < allowed || seen.size() <= allowed
                ? 0
                : 0.8 * Math.pow(1.75, length - allowed);
        assertEquals(-expected, candidates.logit(c), 1e-3 * (1 + expected), i + " " + seen);
      }
    }
  }

  /** Number of tokens at the end that also precede an earlier occurrence of this token. */
  private static int repetition(List<Integer> written, int token, int breaker) {
    int since = 0;
    while (since < written.size() && written.get(written.size() - 1 - since) != breaker) {
      since++;
    }
    int longest = 0;
    for (int at = 0; at < written.size(); at++) {
      if (written.get(at) == token) {
        int n = 0;
        while (n < at && written.get(at - 1 - n).equals(written.get(written.size() - 1 - n))) {
          n++;
        }
        longest = Math.max(longest, Math.min(n, since));
      }
    }
    return longest;
  }

  /** A breaker may begin within a token and continue in the next ones. */
  @Test
  void dryBreakersSpanTokens() {
    Tokenizer tokenizer = new FakeTokenizer("x", "y\n", "--", "-", "q", "</s>");
    DryBreakers breakers = DryBreakers.of(List.of("\n--"), tokenizer, 6);
    assertEquals(1, breakers.distance(new int[] {0, 2, 1, 0}, 4));
    assertEquals(4, breakers.distance(new int[] {0, 3, 1, 0}, 4));
    assertEquals(4, breakers.distance(new int[] {0, 2, 0, 1}, 4));
    assertTrue(DryBreakers.of(List.of("y"), tokenizer, 6).isBreaker(1));
    assertEquals(2, DryBreakers.of(List.of(), tokenizer, 6).distance(new int[] {1, 1}, 2));
  }

  @ParameterizedTest
  @CsvSource({"1,2", "1,3", "2,1", "2,2.5"})
  void mirostatAimsAtAnEntropy(int version, float target) {
    float[] zipf = logs(IntStream.range(1, 1000).mapToDouble(i -> 1.0 / i).toArray());
    double total = IntStream.range(1, 1000).mapToDouble(i -> 1.0 / i).sum();
    SamplingOptions options = BASE.with(new Mirostat(version, target, 0.1f));
    Sampler sampler = Samplers.create(options, zipf.length);
    double surprise = 0;
    int n = 4000;
    int largest = 0;
    for (int i = 0; i < n; i++) {
      int token = sampler.sample(zipf.clone());
      sampler.accept(token);
      surprise += Math.log((token + 1) * total) / Math.log(2);
      largest = Math.max(largest, token);
    }
    // The chosen token is less surprising among the kept tokens than among all.
    assertTrue(surprise / n >= target - 0.3, "surprise " + surprise / n);
    double unlimited = 0;
    Sampler plain = Samplers.create(BASE, zipf.length);
    for (int i = 0; i < n; i++) {
      unlimited += Math.log((plain.sample(zipf.clone()) + 1) * total) / Math.log(2);
    }
    assertTrue(surprise < unlimited - 0.5 * n, surprise / n + " of " + unlimited / n);
    assertEquals(0, sample(options.withTemperature(0), zipf));
  }

  @ParameterizedTest
  @ValueSource(floats = {0.15f, 0.3f, 0.5f})
  void adaptivePAimsAtAProbability(float target) {
    double[] p = {0.5, 0.3, 0.1, 0.05, 0.05};
    SamplingOptions options = chain(BASE.with(new Adaptive(target, 0.9f)), SamplerType.ADAPTIVE_P);
    Sampler sampler = Samplers.create(options, p.length);
    double sum = 0;
    int n = 4000;
    for (int i = 0; i < n; i++) {
      int token = sampler.sample(logs(p));
      sampler.accept(token);
      sum += p[token];
    }
    assertEquals(target, sum / n, 0.1);
    SamplingOptions off = chain(BASE.with(new Adaptive(-1, 0.9f)), SamplerType.ADAPTIVE_P);
    for (long seed = 0; seed < 50; seed++) {
      assertEquals(sample(BASE.withSeed(seed), logs(p)), sample(off.withSeed(seed), logs(p)));
    }
  }

  @Test
  void infillEndsEarlyOrKeepsTheLikely() {
    Tokenizer tokenizer = new FakeTokenizer("a", "ab", "x", "y", "</s>");
    SamplingOptions options = chain(BASE, SamplerType.INFILL);
    assertEquals("[4]", survivors(options, logs(0.3, 0.3, 0.2, 0.1, 0.1), tokenizer));
    // "a" begins as "ab" does: together they have 0.42; "y" has too little.
    float[] logits = logs(0.2, 0.22, 0.38, 0.19, 0.01);
    assertEquals("[2, 1, 4]", survivors(options, logits, tokenizer));
    // Nothing has 0.2, so the text ends.
    Tokenizer many = new FakeTokenizer("a", "b", "c", "d", "e", "f", "</s>");
    float[] flat = logs(0.166, 0.166, 0.166, 0.166, 0.166, 0.166, 0.004);
    assertEquals("[6]", survivors(options, flat, many));
  }

  private static String survivors(SamplingOptions options, float[] logits, Tokenizer tokenizer) {
    Candidates candidates =
        new ChainSampler(setup(options, logits.length, tokenizer)).filter(logits);
    return Arrays.toString(ids(candidates));
  }

  @ParameterizedTest
  @EnumSource(SamplerType.class)
  void everyStepTakesExtremes(SamplerType type) {
    SamplingOptions options =
        BASE.with(new Filters(3, 0.5f, 0.5f, 0.5f, 1))
            .with(new Temperature(1e-30f, 1e-30f, 1))
            .with(new SamplingOptions.Penalties(1.5f, 1, 1, -1))
            .with(new Dry(1, 2, 1, -1, List.of("a")))
            .with(new Xtc(1, 0.1f))
            .with(new Adaptive(0.5f, 0.9f));
    Tokenizer tokenizer = new FakeTokenizer("a", "b", "</s>");
    float inf = Float.POSITIVE_INFINITY;
    for (float[] logits :
        new float[][] {
          {0, 0, 0},
          {Float.NaN, 1, 2},
          {-inf, -inf, 1},
          {inf, inf, 0},
          {Float.MAX_VALUE, -Float.MAX_VALUE, 0},
          {1e30f, -1e30f, 1e-30f}
        }) {
      for (List<SamplerType> chain : List.of(List.of(type), List.of(type, type))) {
        ChainSampler sampler = new ChainSampler(setup(options.withSamplers(chain), 3, tokenizer));
        for (int i = 0; i < 20; i++) {
          int token = sampler.sample(logits.clone());
          assertTrue(logits[token] > -inf || type == SamplerType.INFILL, type + " " + token);
          sampler.accept(token);
        }
      }
    }
  }

  private static SamplingOptions chain(SamplingOptions options, SamplerType... chain) {
    return options.withSamplers(List.of(chain));
  }

  private static SamplerSetup setup(SamplingOptions options, int nVocab, Tokenizer tokenizer) {
    return new SamplerSetup(options, nVocab, tokenizer, 4096, options.seed());
  }

  private static int sample(SamplingOptions options, float[] logits) {
    return Samplers.create(options, logits.length).sample(logits.clone());
  }

  private static Candidates filter(SamplingOptions options, float[] logits) {
    Candidates candidates = new ChainSampler(setup(options, logits.length, null)).filter(logits);
    candidates.softmax();
    return candidates;
  }

  private static void assertSurvivors(SamplingOptions options, float[] logits, int... expected) {
    assertEquals(Arrays.toString(expected), Arrays.toString(ids(filter(options, logits.clone()))));
  }

  private static int[] ids(Candidates candidates) {
    return IntStream.range(0, candidates.size()).map(candidates::id).toArray();
  }

  private static float[] logs(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i]);
    }
    return logits;
  }
}
