package dev.lamina.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.reference.ReferenceBackend;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.engine.sampling.Samplers;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.engine.testing.SmallModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One text at a time. */
class GenerationTest {
  private static final int BATCH = 16;
  private static final int[] PROMPT = IntStream.range(0, 50).map(i -> 300 + 7 * i).toArray();

  @Test
  void sameSeedGivesTheSameTextOnAnySession() {
    List<List<Integer>> texts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      withScheduler(scheduler -> texts.add(generate(scheduler)));
    }
    assertEquals(40, texts.getFirst().size());
    assertEquals(texts.get(0), texts.get(1));
    assertEquals(texts.get(0), texts.get(2));
  }

  @Test
  void promptStoppedBetweenBatchesIsTakenUpWhereItStopped() {
    withScheduler(scheduler -> {
      Collector stopping = new Collector(2 * BATCH);
      GenerationResult stopped =
          scheduler.generate(PROMPT, sampler(scheduler), options(), stopping);
      assertEquals(Finish.CANCELLED, stopped.finish());
      assertEquals(2 * BATCH, stopped.promptTokens());
      assertEquals(List.of(), stopping.tokens);

      Collector going = new Collector(PROMPT.length);
      GenerationResult rest = scheduler.generate(PROMPT, sampler(scheduler), options(), going);
      assertEquals(2 * BATCH, rest.cachedTokens());
      assertEquals(PROMPT.length - 2 * BATCH, rest.promptTokens());
      List<Integer> whole = new ArrayList<>();
      withScheduler(other -> whole.addAll(generate(other)));
      assertEquals(whole, going.tokens);
    });
  }

  @Test
  void fullContextEndsTheTextOrForgetsItsOlderHalf() {
    withScheduler(
        32,
        scheduler -> {
          int[] prompt = Arrays.copyOf(PROMPT, 10);
          Collector ended = new Collector(prompt.length);
          GenerationOptions options = new GenerationOptions(80, true);
          GenerationResult result = scheduler.generate(prompt, greedy(scheduler), options, ended);
          assertEquals(Finish.CONTEXT_FULL, result.finish());
          assertEquals(32 - 10 + 1, result.generatedTokens());
          for (int keep : new int[] {0, 4, 31}) {
            Collector going = new Collector(prompt.length);
            result = scheduler.generate(prompt, greedy(scheduler), options.withKeep(keep), going);
            assertEquals(keep == 31 ? Finish.CONTEXT_FULL : Finish.LENGTH, result.finish());
            if (keep < 31) {
              assertEquals(forgetting(prompt, keep, 80), going.tokens);
            }
          }
        });
  }

  @Test
  void tokensThatTheFileSuppressesAreNeverChosen() {
    List<Integer> free = new ArrayList<>();
    withScheduler(scheduler -> free.addAll(generate(scheduler)));
    int[] suppressed = free.stream().distinct().limit(3).mapToInt(i -> i).toArray();
    Model changed =
        SmallModel.load(writer -> writer.i32s("tokenizer.ggml.suppress_tokens", suppressed));
    withScheduler(
        changed,
        128,
        scheduler -> {
          List<Integer> others = generate(scheduler);
          assertEquals(40, others.size());
          for (int token : suppressed) {
            assertFalse(others.contains(token), token + " in " + others);
          }
        });
  }

  /**
   * The expected tokens: each one is chosen after evaluating again all tokens that are not
   * forgotten.
   */
  private static List<Integer> forgetting(int[] prompt, int keep, int n) {
    RuntimeConfig config = RuntimeConfig.of(32, BATCH);
    try (Session session = new Session(SmallModel.load(), new ReferenceBackend(), config)) {
      return forgetting(prompt, keep, n, session);
    }
  }

  private static List<Integer> forgetting(int[] prompt, int keep, int n, Session session) {
    List<Integer> sequence = new ArrayList<>(IntStream.of(prompt).boxed().toList());
    List<Integer> written = new ArrayList<>();
    Sampler sampler = Samplers.create(SamplingOptions.greedy(), session.model().config().nVocab());
    while (written.size() < n) {
      session.truncate(0);
      float[] logits = session.eval(sequence.stream().mapToInt(i -> i).toArray());
      for (int id = 0; id < logits.length; id++) {
        if (session.model().tokenizer().vocabulary().isEndOfGeneration(id)) {
          logits[id] = Float.NEGATIVE_INFINITY;
        }
      }
      int token = sampler.sample(logits);
      written.add(token);
      if (sequence.size() == session.contextLength()) {
        int forgotten = (sequence.size() - keep) / 2;
        sequence.subList(keep, keep + forgotten).clear();
      }
      sequence.add(token);
    }
    return written;
  }

  private static List<Integer> generate(Scheduler scheduler) {
    Collector collector = new Collector(PROMPT.length);
    scheduler.generate(PROMPT, sampler(scheduler), options(), collector);
    return collector.tokens;
  }

  private static GenerationOptions options() {
    return new GenerationOptions(40, true);
  }

  private static Sampler sampler(Scheduler scheduler) {
    SamplingOptions sampling = SamplingOptions.defaults().withSeed(7L);
    return Samplers.create(sampling, scheduler.model().config().nVocab());
  }

  private static Sampler greedy(Scheduler scheduler) {
    return Samplers.create(SamplingOptions.greedy(), scheduler.model().config().nVocab());
  }

  private static void withScheduler(Consumer<Scheduler> use) {
    withScheduler(128, use);
  }

  private static void withScheduler(int contextLength, Consumer<Scheduler> use) {
    withScheduler(SmallModel.load(), contextLength, use);
  }

  private static void withScheduler(Model model, int contextLength, Consumer<Scheduler> use) {
    RuntimeConfig config = RuntimeConfig.of(contextLength, BATCH);
    try (LoadedModel loaded = LoadedModel.on(new ReferenceBackend(), model, config);
        Scheduler scheduler = new Scheduler(loaded)) {
      use.accept(scheduler);
    }
  }

  /** Keeps the tokens; stops a prompt before the batch that starts at {@code stopAt}. */
  private static final class Collector implements TokenListener {
    private final int stopAt;
    private final List<Integer> tokens = new ArrayList<>();

    Collector(int stopAt) {
      this.stopAt = stopAt;
    }

    @Override
    public boolean onToken(int token) {
      return tokens.add(token);
    }

    @Override
    public boolean onPrompt(int done, int total) {
      return done < stopAt;
    }
  }
}
