package dev.lamina.cpu;

import dev.lamina.cpu.kernel.AttentionTile;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;

/**
 * Working memory of attention, shared by the layers of one shape.
 *
 * @param workers each worker's, indexed by worker
 * @param scores one token's, if several tasks divide the context, [nHeads, stride]
 * @param softmax what {@link AttentionTile#exponentials} finds out, [tokens, nHeads, parts, 2]
 * @param parts weighted values of parts of the context, [nHeads, PARTS, headDim]
 */
record AttentionBuffers(Worker[] workers, float[] scores, float[] softmax, float[] parts) {

  /** Most rows (tokens times query heads that share a key head) of a task. */
  private static final int ROWS = 64;

  /**
   * Most scores of a task of several tokens: with a long context, a task takes fewer tokens, and
   * the scores stay near the processor.
   */
  private static final int SCORES = 1 << 18;

  /** Most parts that the context is divided into. */
  static final int PARTS = 16;

  /**
   * One worker's.
   *
   * @param scores of a task that goes over the whole context, [rows, stride]
   */
  record Worker(AttentionTile tile, float[] scores, Scratch scratch) {}

  static AttentionBuffers of(Op.Attention shape, SessionConfig config, Scratch[] scratch) {
    int rows = maxTokens(shape, 1) * shape.nHeads() / shape.nKvHeads();
    int stride = stride(config.contextLength());
    int nScores = workerScores(shape, config);
    Worker[] workers = new Worker[scratch.length];
    for (int i = 0; i < workers.length; i++) {
      AttentionTile tile = new AttentionTile(rows, shape.headDim(), scratch[i]);
      workers[i] = new Worker(tile, new float[nScores], scratch[i]);
    }
    return new AttentionBuffers(
        workers,
        new float[shape.nHeads() * stride],
        new float[Math.max(config.batchSize(), PARTS) * shape.nHeads() * 2],
        new float[PARTS * shape.nHeads() * shape.headDim()]);
  }

  private static int workerScores(Op.Attention shape, SessionConfig config) {
    int group = shape.nHeads() / shape.nKvHeads();
    int rows = maxTokens(shape, 1) * group;
    int stride = stride(config.contextLength());
    return Math.max(Math.min(rows * stride, SCORES), group * stride);
  }

  /** Bytes of the scores, which are nearly all. */
  static long bytes(Op.Attention shape, SessionConfig config, int workers) {
    long scores = (long) shape.nHeads() * stride(config.contextLength());
    return Float.BYTES * (scores + (long) workers * workerScores(shape, config));
  }

  /**
   * Most tokens of a task.
   *
   * @param nPositions that the last one attends to
   */
  static int maxTokens(Op.Attention shape, int nPositions) {
    int rows = Math.min(ROWS, SCORES / stride(nPositions));
    return Math.max(1, rows * shape.nKvHeads() / shape.nHeads());
  }

  /**
   * Distance of rows of scores: whole tiles, but rows must not compete for the same cache lines.
   */
  static int stride(int nPositions) {
    return Math.ceilDiv(nPositions, KeyTiles.POSITIONS) * KeyTiles.POSITIONS + 16;
  }
}
