package dev.lamina.bench;

import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.schedule.Session;
import dev.lamina.text.tokenizer.Vocabulary;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * A session that tests are timed in, at one depth: the tokens before a test are evaluated once and
 * stay, since each test begins by forgetting what came after them.
 */
public final class TimedSession implements AutoCloseable {
  private static final long TOKEN_SEED = 1;
  private static final int WARM_UP_TOKENS = 16;

  private final Session session;
  private final BenchSettings settings;
  private final int depth;
  private final int[] tokens;

  TimedSession(Placer placer, BenchSettings settings, int depth) {
    this.session = new Session(placer);
    this.settings = settings;
    this.depth = depth;
    this.tokens =
        randomTokens(placer.model().tokenizer().vocabulary(), placer.config().contextLength());
  }

  /** Layers that are on GPUs at present, and one more for the output head. */
  int gpuLayers() {
    return session.placement().gpuLayers();
  }

  /** Evaluates the tokens before the tests, if that has not been done. */
  public void fill(BenchProgress progress) {
    if (depth == 0) {
      return;
    }
    boolean filled = session.position() >= depth;
    progress.step("depth run" + (filled ? " (cached)" : ""));
    if (!filled) {
      prefill(0, depth);
    }
  }

  /**
   * Runs a whole prefill, or some tokens, until the times agree: the single run that llama-bench
   * takes would leave Java uncompiled.
   */
  public void warmUp(BenchTest test, BenchProgress progress) {
    if (test.nPrompt() > 0) {
      progress.step("warmup prompt run");
    }
    if (test.nGen() > 0) {
      progress.step("warmup generation run");
    }
    BenchTest some =
        new BenchTest(test.nPrompt(), Math.min(WARM_UP_TOKENS, test.nGen()), test.nDepth());
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    LongSupplier compiled = () -> 1_000_000 * compiler.getTotalCompilationTime();
    double difference = new WarmUp(() -> time(some), compiled).settle();
    if (difference > WarmUp.AGREEMENT) {
      progress.unsettled(test, difference);
    }
  }

  /** Reads the weights once, after another program had the caches and the cores. */
  public void touch() {
    time(BenchTest.prefill(1).at(depth));
  }

  /**
   * Runs a test once.
   *
   * @param test at the depth that is filled
   * @return nanoseconds
   */
  public long time(BenchTest test) {
    session.truncate(depth);
    long start = System.nanoTime();
    prefill(depth, test.nPrompt());
    int end = depth + test.tokens();
    for (int at = depth + test.nPrompt(); at < end; at++) {
      session.eval(tokens, at, 1);
    }
    return System.nanoTime() - start;
  }

  private void prefill(int from, int count) {
    for (int done = 0; done < count; done += settings.nBatch()) {
      session.eval(tokens, from + done, Math.min(settings.nBatch(), count - done));
    }
  }

  private static int[] randomTokens(Vocabulary vocabulary, int count) {
    int[] tokens = new Random(TOKEN_SEED).ints(count, 0, vocabulary.size()).toArray();
    if (vocabulary.addBos() && vocabulary.bos() >= 0) {
      tokens[0] = vocabulary.bos();
    }
    return tokens;
  }

  @Override
  public void close() {
    session.close();
  }
}
