package dev.lamina.bench;

import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.placement.Target;
import dev.lamina.engine.tokenizer.Vocabulary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Times tests the way llama-bench does: random tokens, no sampling, a warm-up before. */
public final class BenchRunner {
  private static final long TOKEN_SEED = 1;
  private static final int WARM_UP_TOKENS = 16;
  private static final long WARM_UP_NANOS = 1_000_000_000;

  private final BenchModel description;
  private final Model model;
  private final List<Target> targets;
  private final Consumer<String> warnings;

  /**
   * @param targets the CPU, then the GPUs; the caller keeps them and the model open
   * @param warnings takes lines for the user
   */
  public BenchRunner(
      BenchModel description, Model model, List<Target> targets, Consumer<String> warnings) {
    this.description = description;
    this.model = model;
    this.targets = targets;
    this.warnings = warnings;
  }

  /**
   * Runs one test in a session of its own.
   *
   * @param settings its threads must be those that the CPU was opened with
   * @param placement which layers run where
   */
  public BenchResult run(BenchTest test, BenchSettings settings, PlacementOptions placement) {
    int[] tokens = randomTokens(test.tokens());
    SessionConfig config =
        SessionConfig.of(test.tokens(), Math.min(settings.nUbatch(), settings.nBatch()));
    Placer placer = new Placer(model, config, placement, targets, warnings);
    try (Session session = new Session(placer)) {
      warmUp(session, test, tokens, settings);
      Instant time = Instant.now();
      List<Long> nanos = new ArrayList<>();
      for (int i = 0; i < settings.repetitions(); i++) {
        session.truncate(0);
        long start = System.nanoTime();
        runOnce(session, test, tokens, settings);
        nanos.add(System.nanoTime() - start);
      }
      int gpuLayers = session.placement().gpuLayers();
      return new BenchResult(description, settings, backendNames(), gpuLayers, test, time, nanos);
    }
  }

  /** As llama-bench writes them: of the GPUs, or the CPU where there are none. */
  private String backendNames() {
    return targets.stream()
        .skip(targets.size() > 1 ? 1 : 0)
        .map(target -> target.device().backend())
        .map(name -> name.equals("opencl") ? "OpenCL" : name.toUpperCase(Locale.ROOT))
        .distinct()
        .collect(Collectors.joining(","));
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
