package dev.lamina.cpu;

import dev.lamina.cpu.kernel.AttentionTile;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.engine.model.Op;

/**
 * Working memory of attention, shared by the layers of one shape.
 *
 * @param workers each worker's, indexed by worker
 * @param parts what tasks found out about parts of the context, [PARTS, nHeads, part length]
 */
record AttentionBuffers(Worker[] workers, float[] parts) {

  /** Most rows (tokens times query heads that share a key head) of a task. */
  private static final int ROWS = 64;

  /** Most parts that the context is divided into, times tokens. */
  static final int PARTS = 16;

  /** One worker's. */
  record Worker(AttentionTile tile, Scratch scratch) {}

  static AttentionBuffers of(Op.Attention shape, Scratch[] scratch) {
    int rows = maxTokens(shape) * shape.nHeads() / shape.nKvHeads();
    Worker[] workers = new Worker[scratch.length];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(new AttentionTile(rows, shape.headDim(), scratch[i]), scratch[i]);
    }
    int partLength = AttentionTile.partLength(shape.headDim());
    return new AttentionBuffers(workers, new float[PARTS * shape.nHeads() * partLength]);
  }

  /** Most tokens of a task. */
  static int maxTokens(Op.Attention shape) {
    return Math.max(1, ROWS * shape.nKvHeads() / shape.nHeads());
  }
}
