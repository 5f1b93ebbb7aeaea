package dev.lamina.bench;

import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.schedule.Session;

/**
 * A session that tests are timed in, at one depth: the tokens before a test are evaluated once and
 * stay, since each test begins by forgetting what came after them.
 */
public final class TimedSession implements AutoCloseable {
  private final Session session;
  private final BenchSettings settings;
  private final int depth;
  private final int[] tokens;

  TimedSession(Placer placer, BenchSettings settings, int depth) {
    this.session = new Session(placer);
    this.settings = settings;
    this.depth = depth;
    this.tokens =
        new RandomTokens(placer.model().tokenizer().vocabulary())
            .next(placer.config().contextLength());
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
    int few = Math.min(WarmUp.MOST_TOKENS, test.nGen());
    BenchTest some = new BenchTest(test.nPrompt(), few, test.nDepth());
    WarmUp.run(test.name(), this::touch, () -> time(some), progress);
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

  @Override
  public void close() {
    session.close();
  }
}
