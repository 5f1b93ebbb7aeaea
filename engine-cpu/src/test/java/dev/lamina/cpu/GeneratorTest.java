package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.generate.GenerationOptions;
import dev.lamina.engine.generate.GenerationResult;
import dev.lamina.engine.generate.GenerationResult.Finish;
import dev.lamina.engine.generate.Generator;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.generate.TokenListener;
import dev.lamina.engine.sampling.Samplers;
import dev.lamina.engine.sampling.SamplingOptions;
import java.nio.file.Path;
import java.util.ArrayList;
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

  private static void withSession(Consumer<Session> use) {
    Golden.withSession(Path.of(Golden.DEMO_MODEL), SessionConfig.of(128, BATCH), use);
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
