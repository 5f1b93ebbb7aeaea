package dev.lamina.bench.batched;

import dev.lamina.bench.BenchProgress;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.RandomTokens;
import dev.lamina.bench.WarmUp;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.memory.Sequence;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.schedule.LoadedModel;
import java.util.ArrayList;
import java.util.List;

/**
 * A loaded model that streams are timed on. Each stream is a sequence of its own random tokens, so
 * that they share nothing; nothing is sampled.
 */
public final class BatchedSession implements AutoCloseable {
  private final LoadedModel loaded;
  private final RuntimeConfig config;
  private final int nBatch;
  private final Batch batch;
  private final RandomTokens random;
  private final List<Sequence> sequences = new ArrayList<>();

  /** The tokens of each sequence. */
  private final List<int[]> texts = new ArrayList<>();

  /** Index of the stream of each run of {@link #batch}. */
  private final int[] streamOf;

  BatchedSession(Placer placer, BenchSettings settings) {
    this.loaded = new LoadedModel(placer);
    this.config = placer.config();
    this.nBatch = settings.nBatch();
    this.batch = loaded.newBatch();
    this.random = new RandomTokens(placer.model().tokenizer().vocabulary());
    this.streamOf = new int[config.sequences()];
  }

  /**
   * Sizes for all of some runs, one after the other.
   *
   * @param runs with the same settings
   */
  static RuntimeConfig config(List<BatchedRun> runs) {
    int positions = 0;
    int rows = 0;
    int streams = 0;
    int pages = 0;
    for (BatchedRun run : runs) {
      positions = Math.max(positions, run.positions());
      rows = Math.max(rows, run.promptTokens());
      streams = Math.max(streams, run.streams());
      pages = Math.max(pages, run.streams() * PageTable.pagesOf(run.positions()));
    }
    RuntimeConfig one = runs.getFirst().run().settings().session(positions, rows);
    return one.withSequences(Math.min(streams, one.batchSize()), pages);
  }

  /** Layers that are on GPUs at present, and one more for the output head. */
  int gpuLayers() {
    return loaded.placement().gpuLayers();
  }

  /** Runs the streams with few tokens each, until the times agree. */
  public void warmUp(BatchedRun run, BenchProgress progress) {
    progress.step("warmup run of " + run.streams() + " texts");
    int nGen = Math.min(WarmUp.MOST_TOKENS, run.nGen());
    WarmUp.run(
        run.name(),
        this::touch,
        () -> {
          begin(run.streams());
          return evaluatePrompts(run.streams(), run.nPrompt()) + generate(run.streams(), nGen);
        },
        progress);
  }

  /** Reads the weights once, after another program had the caches and the cores. */
  public void touch() {
    begin(1);
    evaluatePrompts(1, 1);
  }

  /** Runs the streams once. */
  public BatchedTimes time(BatchedRun run) {
    begin(run.streams());
    long prompts = evaluatePrompts(run.streams(), run.nPrompt());
    long generation = generate(run.streams(), run.nGen());
    return BatchedTimes.ofNanos(prompts, generation);
  }

  /** Makes so many sequences, and forgets what all had before. */
  private void begin(int streams) {
    sequences.forEach(sequence -> sequence.rewind(0));
    while (sequences.size() < streams) {
      sequences.add(loaded.open());
      texts.add(random.next(config.contextLength()));
    }
  }

  /**
   * Evaluates the prompts one after the other, as many rows at a time as a pass has. A pass may end
   * within a prompt, or have several.
   *
   * @return nanoseconds
   */
  private long evaluatePrompts(int streams, int nPrompt) {
    long start = System.nanoTime();
    int all = streams * nPrompt;
    for (int done = 0; done < all; ) {
      int ofBatch = Math.min(all - done, nBatch - done % nBatch);
      int end = done + Math.min(config.batchSize(), ofBatch);
      while (done < end) {
        int at = done % nPrompt;
        int rows = Math.min(nPrompt - at, end - done);
        add(done / nPrompt, rows, at + rows == nPrompt);
        done += rows;
      }
      evaluate();
    }
    return System.nanoTime() - start;
  }

  /**
   * Evaluates a token of each stream at a time.
   *
   * @return nanoseconds
   */
  private long generate(int streams, int nGen) {
    long start = System.nanoTime();
    for (int i = 0; i < nGen; i++) {
      for (int stream = 0; stream < streams; stream++) {
        add(stream, 1, true);
        if (batch.size() == config.batchSize() || stream == streams - 1) {
          evaluate();
        }
      }
    }
    return System.nanoTime() - start;
  }

  /**
   * Adds the next tokens of a stream to the pass.
   *
   * @param wanted whether the logits of the last one are
   */
  private void add(int stream, int rows, boolean wanted) {
    Sequence sequence = sequences.get(stream);
    if (!loaded.reserve(sequence, rows)) {
      throw new IllegalStateException("there are pages for all streams");
    }
    int from = sequence.position();
    streamOf[batch.runs()] = stream;
    batch.add(sequence.tables(), from, texts.get(stream), from, rows, wanted ? rows - 1 : rows);
  }

  private void evaluate() {
    loaded.forward(batch);
    for (int i = 0; i < batch.runs(); i++) {
      int stream = streamOf[i];
      Batch.Run run = batch.run(i);
      sequences.get(stream).advance(texts.get(stream), run.startPosition(), run.rows());
    }
    batch.clear();
  }

  @Override
  public void close() {
    loaded.close();
  }
}
