package dev.lamina.cpu;

import dev.lamina.cpu.kernel.AttentionTile;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Op;

/**
 * Working memory of attention, shared by the layers of one shape.
 *
 * @param workers buffers of each worker, by its index
 * @param scores of tokens whose context several tasks share, [sequences, nHeads, stride]
 * @param softmax results of {@link AttentionTile#exponentials}: [tokens, nHeads, 2], then of tokens
 *     with parts [sequences, nHeads, parts, 2]
 * @param parts weighted values of parts of the context, [sequences, nHeads, PARTS, headDim]
 */
record AttentionBuffers(
    Op.Attention shape,
    RuntimeConfig config,
    Worker[] workers,
    float[] scores,
    float[] softmax,
    float[] parts) {

  /** Largest number of rows of a task: tokens times query heads that share a key head. */
  private static final int ROWS = 64;

  /**
   * Largest number of scores of a task with several tokens. With a long context, a task takes fewer
   * tokens, so that the scores stay in the cache.
   */
  private static final int SCORES = 1 << 18;

  /** Largest number of parts of the context. */
  static final int PARTS = 16;

  /**
   * The buffers of one worker.
   *
   * @param scores of a task over the whole context, [rows, stride]
   */
  record Worker(AttentionTile tile, float[] scores, Scratch scratch) {}

  static AttentionBuffers of(Op.Attention shape, RuntimeConfig config, Scratch[] scratch) {
    int rows = maxTokens(shape, 1) * shape.nHeads() / shape.nKvHeads();
    int nScores = workerScores(shape, config);
    Worker[] workers = new Worker[scratch.length];
    for (int i = 0; i < workers.length; i++) {
      AttentionTile tile = new AttentionTile(rows, shape.headDim(), scratch[i]);
      workers[i] = new Worker(tile, new float[nScores], scratch[i]);
    }
    int sequences = config.sequences();
    int softmaxes = (config.batchSize() + sequences * PARTS) * shape.nHeads();
    return new AttentionBuffers(
        shape,
        config,
        workers,
        new float[Math.toIntExact(sharedScores(shape, config))],
        new float[softmaxes * 2],
        new float[sequences * PARTS * shape.nHeads() * shape.headDim()]);
  }

  /** Offset of the scores of a sequence's token whose context is divided. */
  int scoresAt(int run) {
    return run * shape.nHeads() * stride(config.contextLength());
  }

  /** Offset of the softmax of a sequence's token whose context is divided. */
  int softmaxAt(int run) {
    return 2 * shape.nHeads() * (config.batchSize() + run * PARTS);
  }

  /** Offset of the parts of a sequence's token. */
  int partsAt(int run) {
    return run * PARTS * shape.nHeads() * shape.headDim();
  }

  private static long sharedScores(Op.Attention shape, RuntimeConfig config) {
    return (long) config.sequences() * shape.nHeads() * stride(config.contextLength());
  }

  private static int workerScores(Op.Attention shape, RuntimeConfig config) {
    int group = shape.nHeads() / shape.nKvHeads();
    int rows = maxTokens(shape, 1) * group;
    int stride = stride(config.contextLength());
    return Math.max(Math.min(rows * stride, SCORES), group * stride);
  }

  /** Bytes of the scores, which are nearly all of the working memory. */
  static long bytes(Op.Attention shape, RuntimeConfig config, int workers) {
    return Float.BYTES
        * (sharedScores(shape, config) + (long) workers * workerScores(shape, config));
  }

  /**
   * Largest number of tokens of a task.
   *
   * @param nPositions positions that the last token attends to
   */
  static int maxTokens(Op.Attention shape, int nPositions) {
    int rows = Math.min(ROWS, SCORES / stride(nPositions));
    return Math.max(1, rows * shape.nKvHeads() / shape.nHeads());
  }

  /**
   * Distance between rows of scores: whole tiles, and such that rows do not compete for the same
   * cache lines.
   */
  static int stride(int nPositions) {
    return Math.ceilDiv(nPositions, KeyTiles.POSITIONS) * KeyTiles.POSITIONS + 16;
  }
}
