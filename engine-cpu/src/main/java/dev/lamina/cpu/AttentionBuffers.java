package dev.lamina.cpu;

import dev.lamina.cpu.kernel.AttentionKernels;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.VectorAttention;
import dev.lamina.cpu.machine.AttentionFunctions;
import dev.lamina.cpu.machine.MachineAttention;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Op;

/**
 * Working memory of attention in one array, shared by the layers of one shape. At the beginning is
 * what tasks share for tokens with parts of the context: scores [sequences, nHeads, stride],
 * softmax [sequences, nHeads, PARTS, 2], weighted values [sequences, nHeads, PARTS, sumStride].
 * Then each worker has queries [rows, headDim], scores of a task over the whole context [rows,
 * stride], softmax [rows, 2] and weighted values [rows, sumStride].
 */
final class AttentionBuffers {
  /** Largest number of rows of a task: tokens times query heads that share a key head. */
  private static final int ROWS = 64;

  /**
   * Largest number of scores of a task with several tokens. With a long context, a task takes fewer
   * tokens, so that the scores stay in the cache.
   */
  private static final int SCORES = 1 << 18;

  /** Largest number of parts of the context. */
  static final int PARTS = 16;

  /** Floats between the memory of workers, which must not share cache lines. */
  private static final int APART = 32;

  private final Op.Attention shape;
  private final RuntimeConfig config;
  private final float[] array;
  private final AttentionKernels[] kernels;

  /**
   * @param scratch of each worker; not used by machine code
   * @param machine null for the Vector API
   */
  AttentionBuffers(
      Op.Attention shape, RuntimeConfig config, Scratch[] scratch, MachineKernels machine) {
    this.shape = shape;
    this.config = config;
    this.array = new float[Math.toIntExact(floats(shape, config, scratch.length))];
    this.kernels = new AttentionKernels[scratch.length];
    AttentionFunctions functions =
        machine == null
            ? null
            : new AttentionFunctions(
                machine, config.keyType(), config.valueType(), shape.headDim());
    for (int i = 0; i < kernels.length; i++) {
      kernels[i] =
          functions != null
              ? new MachineAttention(functions, array)
              : new VectorAttention(
                  config.keyType(), config.valueType(), shape.headDim(), array, scratch[i]);
    }
  }

  float[] array() {
    return array;
  }

  AttentionKernels kernels(int worker) {
    return kernels[worker];
  }

  /** Place of the scores of a sequence's token whose context is divided. */
  int scoresAt(int run) {
    return run * shape.nHeads() * stride(config.contextLength());
  }

  /** Place of the softmax of a sequence's token whose context is divided. */
  int softmaxAt(int run) {
    return scoresAt(config.sequences()) + run * shape.nHeads() * PARTS * 2;
  }

  /** Place of the weighted values of a sequence's token whose context is divided. */
  int partsAt(int run) {
    return softmaxAt(config.sequences()) + run * shape.nHeads() * PARTS * sumStride();
  }

  /** Distance of rows of weighted values. */
  int sumStride() {
    return AttentionKernels.sumStride(shape.headDim());
  }

  /** Place of the queries of a worker's task. */
  int queriesOf(int worker) {
    return partsAt(config.sequences()) + worker * workerFloats(shape, config) + APART;
  }

  /** Place of the softmax of a worker's task. */
  int softmaxOf(int worker) {
    return queriesOf(worker) + mostRows(shape) * sumStride();
  }

  /** Place of the weighted values of a worker's task. */
  int sumsOf(int worker) {
    return softmaxOf(worker) + 2 * mostRows(shape);
  }

  /** Place of the scores of a worker's task. */
  int scoresOf(int worker) {
    return sumsOf(worker) + mostRows(shape) * sumStride();
  }

  private static int mostRows(Op.Attention shape) {
    return maxTokens(shape, 1) * shape.nHeads() / shape.nKvHeads();
  }

  private static int workerFloats(Op.Attention shape, RuntimeConfig config) {
    int group = shape.nHeads() / shape.nKvHeads();
    int rows = mostRows(shape);
    int stride = stride(config.contextLength());
    int scores = Math.max(Math.min(rows * stride, SCORES), group * stride);
    return rows * (2 * AttentionKernels.sumStride(shape.headDim()) + 2) + scores + APART;
  }

  private static long floats(Op.Attention shape, RuntimeConfig config, int workers) {
    long head =
        stride(config.contextLength())
            + (long) PARTS * (2 + AttentionKernels.sumStride(shape.headDim()));
    return config.sequences() * shape.nHeads() * head
        + (long) workers * workerFloats(shape, config)
        + APART;
  }

  /** Bytes of the working memory. */
  static long bytes(Op.Attention shape, RuntimeConfig config, int workers) {
    return Float.BYTES * floats(shape, config, workers);
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
