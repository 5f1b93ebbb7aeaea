package dev.lamina.engine.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.check.CheckResult;
import dev.lamina.engine.memory.Sequence;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.engine.sampling.Samplers;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.schedule.ContextFullException;
import dev.lamina.engine.schedule.GenerationOptions;
import dev.lamina.engine.schedule.LoadedModel;
import dev.lamina.engine.schedule.Outbox;
import dev.lamina.engine.schedule.Scheduler;
import dev.lamina.engine.schedule.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Many texts on one loaded model, in little memory: what each gets must be what it gets alone. The
 * results are differences of logits.
 */
final class ManyTexts {
  private static final int TEXTS = 32;
  private static final int CONTEXT = 256;
  private static final int BATCH = 64;
  private static final int SEQUENCES = 8;

  /** Less than what eight texts need: some are set aside. */
  private static final int PAGES = 16;

  private static final int STEPS = 60;
  private final Model model;
  private final Backend backend;

  /** Largest difference of a logit, because sums have another order in other batches. */
  private final double bound;

  private final Random random = new Random(11);

  ManyTexts(Backend backend, Model model, double bound) {
    this.bound = bound;
    this.model = model;
    this.backend = backend;
  }

  /**
   * Threads that ask for texts of all lengths at once; some have the same start, some are cancelled
   * and some refused.
   */
  CheckResult generated() throws Exception {
    List<int[]> prompts = prompts();
    List<List<Integer>> texts = new ArrayList<>();
    RuntimeConfig config = RuntimeConfig.of(CONTEXT, BATCH).withSequences(SEQUENCES, PAGES);
    try (LoadedModel loaded = LoadedModel.on(backend, model, config);
        Scheduler scheduler = new Scheduler(loaded)) {
      List<Future<List<Integer>>> futures = new ArrayList<>();
      try (ExecutorService threads = Executors.newCachedThreadPool()) {
        for (int i = 0; i < TEXTS; i++) {
          int[] prompt = prompts.get(i);
          int length = 3 + 7 * i % 40;
          int last = i % 5 == 4 ? 2 : Integer.MAX_VALUE;
          futures.add(threads.submit(() -> text(scheduler, prompt, length, last)));
        }
        int[] tooLong = new int[CONTEXT + 1];
        assertThrows(ContextFullException.class, () -> text(scheduler, tooLong, 1, 1));
        for (Future<List<Integer>> future : futures) {
          texts.add(future.get());
        }
      }
      int used =
          scheduler.call(() -> {
            loaded.hasRoom(new int[0], 0, 1000); // what is kept makes place
            return used(loaded);
          });
      assertEquals(0, used, "pages in use after all texts have ended");
    }
    return new CheckResult("many texts", "generated together", worstChoice(prompts, texts), bound);
  }

  private static int used(LoadedModel loaded) {
    return IntStream.range(0, loaded.memory().groups().size()).map(loaded.memory()::used).sum();
  }

  private List<int[]> prompts() {
    int[] shared = tokens(150);
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < TEXTS; i++) {
      int[] own = tokens(1 + random.nextInt(60));
      int common = i % 3 == 0 ? 0 : random.nextInt(shared.length);
      int[] prompt = Arrays.copyOf(shared, common + own.length);
      System.arraycopy(own, 0, prompt, common, own.length);
      prompts.add(prompt);
    }
    return prompts;
  }

  private int[] tokens(int n) {
    return IntStream.range(0, n).map(_ -> 300 + random.nextInt(400)).toArray();
  }

  /**
   * The tokens of a text.
   *
   * @param last how many to take before the text is cancelled
   */
  private List<Integer> text(Scheduler scheduler, int[] prompt, int length, int last) {
    List<Integer> tokens = new ArrayList<>();
    Outbox outbox = new Outbox(() -> tokens.size() < last);
    Sampler sampler = Samplers.create(SamplingOptions.greedy(), model.config().nVocab());
    scheduler.generate(
        prompt,
        sampler,
        new GenerationOptions(length, true),
        token -> {
          outbox.post(() -> tokens.add(token));
          return true;
        },
        outbox);
    assertEquals(Math.min(length, last), tokens.size());
    return tokens;
  }

  /** How much lower than the best logit the logit of a chosen token was at most, alone. */
  private double worstChoice(List<int[]> prompts, List<List<Integer>> texts) {
    double worst = 0;
    try (Session session =
        new Session(model, backend, RuntimeConfig.of(CONTEXT, BATCH).withMaxLogits(BATCH))) {
      for (int i = 0; i < texts.size(); i++) {
        int[] prompt = prompts.get(i);
        List<Integer> text = texts.get(i);
        int[] all = Arrays.copyOf(prompt, prompt.length + text.size());
        for (int t = 0; t < text.size(); t++) {
          all[prompt.length + t] = text.get(t);
        }
        double[] most = new double[1];
        session.truncate(0);
        session.evalAll(
            all,
            (at, logits, offset) -> {
              int next = at + 1;
              if (next >= prompt.length && next < all.length) {
                most[0] = Math.max(most[0], best(logits, offset) - logits[offset + all[next]]);
              }
            });
        worst = Math.max(worst, most[0]);
      }
    }
    return worst;
  }

  private float best(float[] logits, int offset) {
    float best = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < model.config().nVocab(); id++) {
      boolean isEnd = model.tokenizer().vocabulary().isEndOfGeneration(id);
      best = isEnd ? best : Math.max(best, logits[offset + id]);
    }
    return best;
  }

  /** Sequences that are forked, rewound and closed between passes with pieces of several. */
  CheckResult forked() {
    RuntimeConfig config = RuntimeConfig.of(CONTEXT, BATCH).withSequences(SEQUENCES, 3 * PAGES);
    List<int[]> starts = new ArrayList<>();
    List<float[]> found = new ArrayList<>();
    try (LoadedModel loaded = LoadedModel.on(backend, model, config)) {
      List<Sequence> sequences = new ArrayList<>(List.of(loaded.open()));
      for (int step = 0; step < STEPS; step++) {
        pass(loaded, sequences, starts, found);
        change(loaded, sequences);
      }
      sequences.forEach(loaded::close);
      assertEquals(0, used(loaded));
    }
    double worst = 0;
    try (Session session = new Session(model, backend, RuntimeConfig.of(CONTEXT, BATCH))) {
      for (int i = 0; i < starts.size(); i++) {
        session.truncate(0);
        float[] alone = session.eval(starts.get(i));
        for (int id = 0; id < alone.length; id++) {
          worst = Math.max(worst, Math.abs(alone[id] - found.get(i)[id]));
        }
      }
    }
    return new CheckResult("many texts", "forked and rewound", worst, bound);
  }

  /** Evaluates some tokens of each sequence; notes tokens and logits. */
  private void pass(
      LoadedModel loaded, List<Sequence> sequences, List<int[]> starts, List<float[]> found) {
    Batch batch = loaded.newBatch();
    List<int[]> next = new ArrayList<>();
    for (Sequence sequence : sequences) {
      if (sequence.position() > CONTEXT - SEQUENCES) {
        sequence.rewind(100);
      }
      int[] ids = tokens(1 + random.nextInt(BATCH / SEQUENCES));
      assertEquals(true, loaded.reserve(sequence, ids.length));
      batch.add(sequence.tables(), sequence.position(), ids, 0, ids.length, ids.length - 1);
      next.add(ids);
    }
    float[] logits = loaded.forward(batch);
    int n = model.config().nVocab();
    for (int i = 0; i < sequences.size(); i++) {
      sequences.get(i).advance(next.get(i), 0, next.get(i).length);
      if (random.nextInt(4) == 0) {
        starts.add(Arrays.copyOf(sequences.get(i).tokens(), sequences.get(i).position()));
        found.add(Arrays.copyOfRange(logits, i * n, (i + 1) * n));
      }
    }
  }

  private void change(LoadedModel loaded, List<Sequence> sequences) {
    Sequence one = sequences.get(random.nextInt(sequences.size()));
    switch (random.nextInt(4)) {
      case 0 -> one.rewind(random.nextInt(one.position() + 1));
      case 1 -> {
        if (sequences.size() > 1) {
          sequences.remove(one);
          loaded.close(one);
        }
      }
      default -> {
        if (sequences.size() < SEQUENCES) {
          sequences.add(loaded.fork(one));
        }
      }
    }
  }
}
