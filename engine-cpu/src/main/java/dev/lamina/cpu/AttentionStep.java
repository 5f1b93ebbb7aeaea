package dev.lamina.cpu;

import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.VectorMath;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.model.Op;

/** Stores the batch's keys and values, then causal attention, one task per token and head. */
final class AttentionStep implements Step {
  private final WorkerPool pool;
  private final Op.Attention op;
  private final KvCache cache;
  private final float[] q;
  private final float[] k;
  private final float[] v;
  private final float[] out;
  private final Scratch[] scratch;
  private final float[][] scores;
  private final WorkerPool.Task storeTask = this::store;
  private final WorkerPool.Task attendTask = this::attend;
  private int startPosition;

  /**
   * @param scratch one for each worker
   * @param scores [workers][contextLength], shared by all layers
   */
  AttentionStep(
      WorkerPool pool,
      Op.Attention op,
      KvCache cache,
      Activations arrays,
      Scratch[] scratch,
      float[][] scores) {
    this.pool = pool;
    this.op = op;
    this.cache = cache;
    this.q = arrays.array(op.q());
    this.k = arrays.array(op.k());
    this.v = arrays.array(op.v());
    this.out = arrays.array(op.out());
    this.scratch = scratch;
    this.scores = scores;
  }

  @Override
  public void run(Batch batch, int nRows) {
    startPosition = batch.startPosition();
    if (nRows == 1) {
      store(0, 0);
    } else {
      pool.run(nRows, storeTask);
    }
    pool.run(nRows * op.nHeads(), attendTask);
  }

  private void store(int row, int worker) {
    for (int head = 0; head < op.nKvHeads(); head++) {
      int offset = row * op.k().width() + head * op.headDim();
      cache.store(head, startPosition + row, k, offset, v, offset);
    }
  }

  private void attend(int task, int worker) {
    int row = task / op.nHeads();
    int head = task % op.nHeads();
    int kvHead = head / (op.nHeads() / op.nKvHeads());
    int n = startPosition + row + 1;
    int offset = row * op.q().width() + head * op.headDim();
    float[] weights = scores[worker];
    cache.scores(kvHead, n, q, offset, op.scale(), weights, scratch[worker]);
    VectorMath.softmax(weights, 0, n, scratch[worker]);
    cache.weightedSum(kvHead, n, weights, out, offset, scratch[worker]);
  }
}
