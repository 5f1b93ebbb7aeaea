package dev.lamina.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.reference.ReferenceBackend;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.engine.sampling.Samplers;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.testing.SmallModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GeneratorTest {
  private static final int BATCH = 16;
  private static final int[] PROMPT = IntStream.range(0, 50).map(i -> 300 + 7 * i).toArray();

  @Test
  void sameSeedGivesTheSameTextOnAnySession() {
    List<List<Integer>> texts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      withSession(session -> texts.add(generate(session)));
    }
    assertEquals(40, texts.getFirst().size());
    assertEquals(texts.get(0), texts.get(1));
    assertEquals(texts.get(0), texts.get(2));
  }

  @Test
  void promptStoppedBetweenBatchesIsTakenUpWhereItStopped() {
    withSession(session -> {
      Collector stopping = new Collector(2 * BATCH);
      GenerationResult stopped = generator(session).generate(PROMPT, options(), stopping);
      assertEquals(Finish.CANCELLED, stopped.finish());
      assertEquals(2 * BATCH, stopped.promptTokens());
      assertEquals(2 * BATCH, session.position());
      assertEquals(List.of(), stopping.tokens);

      Collector going = new Collector(PROMPT.length);
      GenerationResult rest = generator(session).generate(PROMPT, options(), going);
      assertEquals(2 * BATCH, rest.cachedTokens());
      assertEquals(PROMPT.length - 2 * BATCH, rest.promptTokens());
      List<Integer> whole = new ArrayList<>();
      withSession(other -> whole.addAll(generate(other)));
      assertEquals(whole, going.tokens);
    });
  }

  @Test
  void fullContextEndsTheTextOrForgetsItsOlderHalf() {
    withSession(
        32,
        session -> {
          int[] prompt = Arrays.copyOf(PROMPT, 10);
          Collector ended = new Collector(prompt.length);
          GenerationOptions options = new GenerationOptions(80, true);
          GenerationResult result = greedy(session).generate(prompt, options, ended);
          assertEquals(Finish.CONTEXT_FULL, result.finish());
          assertEquals(32 - 10 + 1, result.generatedTokens());
          for (int keep : new int[] {0, 4, 31}) {
            Collector going = new Collector(prompt.length);
            result = greedy(session).generate(prompt, options.withKeep(keep), going);
            assertEquals(keep == 31 ? Finish.CONTEXT_FULL : Finish.LENGTH, result.finish());
            if (keep < 31) {
              assertEquals(forgetting(prompt, keep, 80, session), going.tokens);
            }
          }
        });
  }

  @Test
  void tokensThatTheFileSuppressesAreNeverChosen() {
    List<Integer> free = new ArrayList<>();
    withSession(session -> free.addAll(generate(session)));
    int[] suppressed = free.stream().distinct().limit(3).mapToInt(i -> i).toArray();
    Model changed =
        SmallModel.load(writer -> writer.i32s("tokenizer.ggml.suppress_tokens", suppressed));
    withSession(
        changed,
        128,
        session -> {
          List<Integer> others = generate(session);
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

  private static List<Integer> generate(Session session) {
    Collector collector = new Collector(PROMPT.length);
    generator(session).generate(PROMPT, options(), collector);
    return collector.tokens;
  }

  private static GenerationOptions options() {
    return new GenerationOptions(40, true);
  }

  private static Generator generator(Session session) {
    SamplingOptions sampling = SamplingOptions.defaults().withSeed(7L);
    return new Generator(session, Samplers.create(sampling, session.model().config().nVocab()));
  }

  private static Generator greedy(Session session) {
    int nVocab = session.model().config().nVocab();
    return new Generator(session, Samplers.create(SamplingOptions.greedy(), nVocab));
  }

  private static void withSession(Consumer<Session> use) {
    withSession(128, use);
  }

  private static void withSession(int contextLength, Consumer<Session> use) {
    withSession(SmallModel.load(), contextLength, use);
  }

  private static void withSession(Model model, int contextLength, Consumer<Session> use) {
    SessionConfig config = SessionConfig.of(contextLength, BATCH);
    try (Session session = new Session(model, new ReferenceBackend(), config)) {
      use.accept(session);
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
