package dev.lamina.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.placement.Target;
import dev.lamina.engine.reference.ReferenceBackend;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.engine.sampling.Samplers;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.engine.testing.FakeGpu;
import dev.lamina.engine.testing.SmallModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many texts at once: each is the same as alone. */
@Timeout(60)
class SchedulerTest {
  private static final int CONTEXT = 256;
  private static final int BATCH = 32;
  private static final int N = PageTable.POSITIONS;

  private final Model model = SmallModel.load();

  /** Memory for all of them, for half, and for one and a bit: then texts are set aside. */
  @ParameterizedTest
  @ValueSource(ints = {48, 20, 5})
  void textsTogetherAreTheTextsAlone(int pages) throws Exception {
    List<int[]> prompts = prompts();
    List<List<Integer>> alone = new ArrayList<>();
    try (Engine engine = new Engine(1, 4)) {
      for (int i = 0; i < prompts.size(); i++) {
        alone.add(engine.text(prompts.get(i), length(i)));
      }
    }
    try (Engine engine = new Engine(6, pages)) {
      assertEquals(alone, engine.together(prompts));
      assertEquals(0, engine.used());
    }
  }

  /** Prompts of all lengths, some with the same beginning. */
  private static List<int[]> prompts() {
    Random random = new Random(5);
    int[] shared = tokens(random, 150);
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int[] own = tokens(random, 1 + random.nextInt(90));
      int common = i % 3 == 0 ? 0 : random.nextInt(shared.length);
      int[] prompt = Arrays.copyOf(shared, common + own.length);
      System.arraycopy(own, 0, prompt, common, own.length);
      prompts.add(prompt);
    }
    return prompts;
  }

  private static int[] tokens(Random random, int n) {
    return IntStream.range(0, n).map(i -> 300 + random.nextInt(400)).toArray();
  }

  private static int length(int text) {
    return 3 + 7 * text % 40;
  }

  @Test
  void aCommonStartIsEvaluatedOnce() throws Exception {
    int[] start = tokens(new Random(1), 3 * N + 10);
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int[] prompt = Arrays.copyOf(start, start.length + 1);
      prompt[start.length] = 310 + i;
      prompts.add(prompt);
    }
    try (Engine engine = new Engine(4, 4 * 4)) {
      engine.together(prompts);
      int evaluated = engine.results.stream().mapToInt(GenerationResult::promptTokens).sum();
      assertTrue(evaluated < start.length + 4 * N, evaluated + " tokens");
      GenerationResult again = engine.generate(prompts.get(2), 1, new Tokens());
      assertEquals(start.length, again.cachedTokens());
      assertEquals(1, again.promptTokens());
    }
  }

  /** Texts with a common start have it once, and each what differs. */
  @Test
  void aCommonStartIsInMemoryOnce() throws Exception {
    int[] start = tokens(new Random(1), 3 * N);
    try (Engine engine = new Engine(4, 40);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      engine.text(start, 1);
      AtomicInteger most = new AtomicInteger();
      List<Future<GenerationResult>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int[] prompt = Arrays.copyOf(start, start.length + 1);
        prompt[start.length] = 310 + i;
        results.add(
            threads.submit(() ->
                engine.generate(
                    prompt,
                    30,
                    token -> {
                      most.accumulateAndGet(engine.loaded.memory().used(0), Math::max);
                      return true;
                    })));
      }
      for (Future<GenerationResult> result : results) {
        assertEquals(30, result.get().generatedTokens());
      }
      // The first text is kept: its last page is one more.
      assertTrue(most.get() <= 3 + 4 + 1, most + " pages");
    }
  }

  /** While a long prompt is evaluated, every text gets a token in each pass. */
  @Test
  void aLongPromptDelaysNobody() throws Exception {
    List<Integer> log = Collections.synchronizedList(new ArrayList<>());
    try (Engine engine = new Engine(4, 16);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<GenerationResult>> texts = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int text = i;
        int[] prompt = tokens(new Random(i), i == 2 ? 230 : 5);
        int length = i == 2 ? 20 : 200;
        texts.add(threads.submit(() -> engine.generate(prompt, length, _ -> log.add(text))));
        while (i == 0 && log.size() < 10) {
          Thread.sleep(1);
        }
      }
      for (Future<GenerationResult> text : texts) {
        text.get();
      }
    }
    int first = log.indexOf(1);
    int last = log.lastIndexOf(1);
    int between = 0;
    for (int i = first; i < Math.min(last, log.lastIndexOf(0)); i++) {
      between = log.get(i) == 0 ? 0 : between + 1;
      assertTrue(between <= 4, "text 0 waits for " + between + " tokens of others: " + log);
    }
  }

  @Test
  void whatCannotFitIsRefusedWithTheNumbers() {
    try (Engine engine = new Engine(2, 2)) {
      ContextFullException refused =
          assertThrows(
              ContextFullException.class, () -> engine.text(tokens(new Random(1), 2 * N + 1), 1));
      assertTrue(refused.getMessage().contains("129"), refused.getMessage());
      Tokens tokens = new Tokens();
      GenerationResult full = engine.generate(tokens(new Random(1), 2 * N - 3), 100, tokens);
      assertEquals(Finish.CONTEXT_FULL, full.finish());
      assertEquals(4, full.generatedTokens());
    }
  }

  @Test
  void aReaderThatDoesNotReadHoldsUpNobody() throws Exception {
    try (Engine engine = new Engine(2, 8);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      AtomicInteger chosen = new AtomicInteger();
      AtomicInteger read = new AtomicInteger();
      Object gate = new Object();
      Future<?> stuck;
      synchronized (gate) {
        stuck =
            threads.submit(() -> {
              Outbox outbox = new Outbox();
              return engine.generate(
                  tokens(new Random(1), 10),
                  150,
                  token -> {
                    chosen.incrementAndGet();
                    outbox.post(() -> {
                      synchronized (gate) {
                        read.incrementAndGet();
                      }
                    });
                    return true;
                  },
                  outbox);
            });
        while (chosen.get() == 0 && !stuck.isDone()) {
          Thread.sleep(1);
        }
        assertEquals(100, engine.text(tokens(new Random(2), 10), 100).size());
        assertTrue(chosen.get() < 80, chosen + " tokens for a reader that does not read");
      }
      stuck.get();
      assertEquals(150, chosen.get());
      assertEquals(150, read.get());
    }
  }

  @Test
  void aCancelledTextEndsAndGivesBackItsPlace() throws Exception {
    try (Engine engine = new Engine(1, 8);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      AtomicInteger chosen = new AtomicInteger();
      Outbox outbox = new Outbox(() -> chosen.get() < 5);
      Tokens tokens = new Tokens();
      Future<List<Integer>> waiting =
          threads.submit(() -> engine.text(tokens(new Random(2), 10), 5));
      GenerationResult result =
          engine.generate(
              tokens(new Random(1), 10),
              10_000,
              token -> {
                outbox.post(chosen::incrementAndGet);
                return tokens.onToken(token);
              },
              outbox);
      assertEquals(Finish.CANCELLED, result.finish());
      assertEquals(5, chosen.get(), "nothing is handed over after it was cancelled");
      assertEquals(5, waiting.get().size());
      assertEquals(0, engine.used());
    }
  }

  @Test
  void anInterruptedThreadGetsACancelledText() {
    try (Engine engine = new Engine(1, 8)) {
      Thread.currentThread().interrupt();
      GenerationResult result = engine.generate(tokens(new Random(1), 10), 10_000, new Tokens());
      assertEquals(Finish.CANCELLED, result.finish());
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void anErrorOfOneTextIsItsOwn() throws Exception {
    try (Engine engine = new Engine(3, 12);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<List<Integer>> other =
          threads.submit(() -> engine.text(tokens(new Random(2), 10), 40));
      IllegalArgumentException mine = new IllegalArgumentException("mine");
      assertSame(
          mine,
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  engine.generate(
                      tokens(new Random(1), 10),
                      10,
                      token -> {
                        throw mine;
                      })));
      assertEquals(40, other.get().size());
      assertThrows(IllegalArgumentException.class, () -> engine.text(new int[0], 1));
      assertThrows(ContextFullException.class, () -> engine.text(new int[CONTEXT + 1], 1));
      assertThrows(
          IllegalStateException.class,
          () ->
              engine.generate(
                  tokens(new Random(1), 10),
                  10,
                  token -> engine.text(tokens(new Random(1), 10), 1) != null));
    }
  }

  @Test
  void workRunsBetweenPasses() {
    try (Engine engine = new Engine(1, 4)) {
      assertEquals(4, engine.scheduler.call(() -> engine.loaded.memory().available(0)));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              engine.scheduler.call(() -> {
                throw new IllegalArgumentException();
              }));
      engine.scheduler.close();
      assertThrows(IllegalStateException.class, () -> engine.scheduler.call(() -> 1));
      assertThrows(IllegalStateException.class, () -> engine.text(new int[] {300}, 1));
    }
  }

  /** A device fails at any point while several texts run; each goes on, with forks of one start. */
  @Test
  void textsSurviveALostDevice() throws Exception {
    List<int[]> prompts = prompts().subList(0, 4);
    List<List<Integer>> alone = new ArrayList<>();
    try (Engine engine = new Engine(1, 4)) {
      for (int i = 0; i < prompts.size(); i++) {
        alone.add(engine.text(prompts.get(i), length(i)));
      }
    }
    for (int k = 0; k < 60; k += 4) {
      FakeGpu gpu = new FakeGpu(new ReferenceBackend(), 0, 1L << 40);
      gpu.failAfter(k);
      List<Target> targets = List.of(Target.only(new ReferenceBackend()), gpu.target(1L << 40));
      try (Engine engine = new Engine(4, 16, PlacementOptions.layers(3), targets)) {
        assertEquals(alone, engine.together(prompts), "lost after " + k);
      }
    }
  }

  /** Collects tokens. */
  private static final class Tokens implements TokenListener {
    final List<Integer> tokens = new ArrayList<>();

    @Override
    public boolean onToken(int token) {
      return tokens.add(token);
    }
  }

  private final class Engine implements AutoCloseable {
    final LoadedModel loaded;
    final Scheduler scheduler;
    final List<GenerationResult> results = new ArrayList<>();

    Engine(int sequences, int pages) {
      this(
          sequences,
          pages,
          PlacementOptions.layers(0),
          List.of(Target.only(new ReferenceBackend())));
    }

    Engine(int sequences, int pages, PlacementOptions placement, List<Target> targets) {
      RuntimeConfig config = RuntimeConfig.of(CONTEXT, BATCH).withSequences(sequences, pages);
      loaded = new LoadedModel(new Placer(model, config, placement, targets, _ -> {}));
      scheduler = new Scheduler(loaded);
    }

    GenerationResult generate(int[] prompt, int length, TokenListener listener) {
      return generate(prompt, length, listener, new Outbox());
    }

    GenerationResult generate(int[] prompt, int length, TokenListener listener, Outbox outbox) {
      Sampler sampler = Samplers.create(SamplingOptions.greedy(), model.config().nVocab());
      GenerationOptions options = new GenerationOptions(length, true);
      return scheduler.generate(prompt, sampler, options, listener, outbox);
    }

    List<Integer> text(int[] prompt, int length) {
      Tokens tokens = new Tokens();
      GenerationResult result = generate(prompt, length, tokens);
      synchronized (results) {
        results.add(result);
      }
      return tokens.tokens;
    }

    /** The texts of all prompts, from a thread each. */
    List<List<Integer>> together(List<int[]> prompts) throws Exception {
      List<Future<List<Integer>>> futures = new ArrayList<>();
      List<List<Integer>> texts = new ArrayList<>();
      try (ExecutorService threads = Executors.newCachedThreadPool()) {
        for (int i = 0; i < prompts.size(); i++) {
          int[] prompt = prompts.get(i);
          int length = length(i);
          futures.add(threads.submit(() -> text(prompt, length)));
        }
        for (Future<List<Integer>> future : futures) {
          texts.add(future.get());
        }
      }
      return texts;
    }

    /** Pages in use when all texts have ended and no kept one counts. */
    int used() {
      return scheduler.call(() -> {
        loaded.hasRoom(new int[0], 0, loaded.memory().pages(0));
        return loaded.memory().used(0);
      });
    }

    @Override
    public void close() {
      scheduler.close();
      loaded.close();
    }
  }
}
