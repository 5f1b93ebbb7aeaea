package dev.lamina.bench;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.tokenizer.Vocabulary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Times tests the way llama-bench does: random tokens, no sampling, a warm-up before. */
public final class BenchRunner {
  private static final long TOKEN_SEED = 1;
  private static final int WARM_UP_TOKENS = 16;
  private static final long WARM_UP_NANOS = 1_000_000_000;

  private final BenchModel description;
  private final Model model;
  private final Backend backend;
  private final String backendName;

  /** The caller keeps model and backend open. */
  public BenchRunner(BenchModel description, Model model, Backend backend, String backendName) {
    this.description = description;
    this.model = model;
    this.backend = backend;
    this.backendName = backendName;
  }

  /**
   * Runs one test in a session of its own.
   *
   * @param settings its threads must be those that the backend was opened with
   */
  public BenchResult run(BenchTest test, BenchSettings settings) {
    int[] tokens = randomTokens(test.tokens());
    SessionConfig config =
        SessionConfig.of(test.tokens(), Math.min(settings.nUbatch(), settings.nBatch()));
    try (Session session = new Session(model, backend, config)) {
      warmUp(session, test, tokens, settings);
      Instant time = Instant.now();
      List<Long> nanos = new ArrayList<>();
      for (int i = 0; i < settings.repetitions(); i++) {
        session.truncate(0);
        long start = System.nanoTime();
        runOnce(session, test, tokens, settings);
        nanos.add(System.nanoTime() - start);
      }
      return new BenchResult(description, settings, backendName, test, time, nanos);
    }
  }

  /**
   * A whole prompt, or some tokens; of small models as many times as a second holds, since the
   * single run that llama-bench takes would leave Java uncompiled.
   */
  private static void warmUp(
      Session session, BenchTest test, int[] tokens, BenchSettings settings) {
    int[] some = Arrays.copyOf(tokens, test.nPrompt() + Math.min(WARM_UP_TOKENS, test.nGen()));
    long start = System.nanoTime();
    do {
      session.truncate(0);
      runOnce(session, test, some, settings);
    } while (System.nanoTime() - start < WARM_UP_NANOS);
  }

  private static void runOnce(
      Session session, BenchTest test, int[] tokens, BenchSettings settings) {
    int step = test.nPrompt() > 0 ? settings.nBatch() : 1;
    for (int done = 0; done < tokens.length; done += step) {
      session.eval(tokens, done, Math.min(step, tokens.length - done));
    }
  }

  private int[] randomTokens(int count) {
    Vocabulary vocabulary = model.tokenizer().vocabulary();
    int[] tokens = new Random(TOKEN_SEED).ints(count, 0, vocabulary.size()).toArray();
    if (vocabulary.addBos() && vocabulary.bos() >= 0) {
      tokens[0] = vocabulary.bos();
    }
    return tokens;
  }
}
