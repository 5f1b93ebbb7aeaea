package dev.lamina.cpu;

import dev.lamina.cpu.kernel.AttentionTile;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;

/**
 * Stores the batch's keys and values, then causal attention. A task takes some tokens, with all
 * query heads of one key head, over all positions or, for few tokens, over a part of them; how the
 * work is divided does not depend on the number of threads, so neither do results.
 */
final class AttentionStep implements Step {
  private static final int BLOCK = AttentionTile.BLOCK;
  private static final int TILE = KeyTiles.POSITIONS;

  /** Fewest positions of a part of the context. */
  private static final int MIN_PART = 2 * TILE;

  private final WorkerPool pool;
  private final Op.Attention op;
  private final KvCache cache;
  private final boolean roundQueries;
  private final int group;
  private final float[] q;
  private final float[] k;
  private final float[] v;
  private final float[] out;
  private final AttentionBuffers buffers;
  private final WorkerPool.Task storeTask = this::store;
  private final WorkerPool.Task attendTask = this::attend;
  private int startPosition;
  private int nRows;
  private int tokensPerTask;
  private int nParts;
  private int partLength;

  AttentionStep(
      WorkerPool pool,
      Op.Attention op,
      KvCache cache,
      SessionConfig config,
      Activations arrays,
      AttentionBuffers buffers) {
    this.pool = pool;
    this.op = op;
    this.cache = cache;
    this.roundQueries = config.keyType() == TensorType.F16;
    this.group = op.nHeads() / op.nKvHeads();
    this.q = arrays.array(op.q());
    this.k = arrays.array(op.k());
    this.v = arrays.array(op.v());
    this.out = arrays.array(op.out());
    this.buffers = buffers;
  }

  @Override
  public void run(Batch batch, int nRows) {
    startPosition = batch.startPosition();
    this.nRows = nRows;
    if (nRows == 1) {
      store(0, 0);
    } else {
      pool.run(nRows, storeTask);
    }
    divide();
    pool.run(Math.ceilDiv(nRows, tokensPerTask) * op.nKvHeads() * nParts, attendTask);
    if (nParts > 1) {
      merge();
    }
  }

  /**
   * Some tokens to a task, as each key is converted once for all of them, but few of few tokens, so
   * that there are several tasks.
   */
  private void divide() {
    tokensPerTask = Math.min(AttentionBuffers.maxTokens(op), Math.ceilDiv(nRows, 4));
    int n = startPosition + nRows;
    int wanted = Math.clamp(n / MIN_PART, 1, Math.max(1, AttentionBuffers.PARTS / nRows));
    partLength = Math.ceilDiv(Math.ceilDiv(n, wanted), TILE) * TILE;
    nParts = Math.ceilDiv(n, partLength);
  }

  private void store(int row, int worker) {
    for (int head = 0; head < op.nKvHeads(); head++) {
      int offset = row * op.k().width() + head * op.headDim();
      cache.store(head, startPosition + row, k, offset, v, offset);
    }
  }

  private void attend(int task, int worker) {
    int part = task % nParts;
    int kvHead = task / nParts % op.nKvHeads();
    int firstToken = task / nParts / op.nKvHeads() * tokensPerTask;
    int nTokens = Math.min(tokensPerTask, nRows - firstToken);
    AttentionTile tile = buffers.workers()[worker].tile();
    tile.clear(nTokens * group);
    for (int r = 0; r < nTokens * group; r++) {
      int at = headOffset(firstToken, kvHead, r);
      tile.query(r, q, at, op.scale(), roundQueries);
    }
    int from = part * partLength;
    int to = Math.min(from + partLength, startPosition + firstToken + nTokens);
    for (int block = from; block < to; block += BLOCK) {
      addBlock(buffers.workers()[worker], kvHead, firstToken, nTokens, block, to);
    }
    for (int r = 0; r < nTokens * group; r++) {
      int at = headOffset(firstToken, kvHead, r);
      if (nParts == 1) {
        tile.finish(r, out, at);
      } else {
        tile.save(r, buffers.parts(), partOffset(at / op.headDim(), part));
      }
    }
  }

  private void addBlock(
      AttentionBuffers.Worker worker, int kvHead, int firstToken, int nTokens, int block, int to) {
    AttentionTile tile = worker.tile();
    int columns = Math.min(BLOCK, to - block);
    for (int c = 0; c < columns; c += TILE) {
      cache.loadKeys(kvHead, block + c, tile.tile(), worker.scratch());
      tile.score(nTokens * group, c, Math.min(TILE, columns - c));
    }
    for (int r = 0; r < nTokens * group; r++) {
      int visible = startPosition + firstToken + r / group + 1 - block;
      tile.softmax(r, Math.clamp(visible, 0, columns), columns);
    }
    for (int c = 0; c < columns; c += TILE) {
      int n = Math.min(TILE, columns - c);
      cache.loadValues(kvHead, block + c, n, tile.tile(), worker.scratch());
      tile.addValues(nTokens * group, c, n);
    }
  }

  /** Where a task's row r has its query and its result. */
  private int headOffset(int firstToken, int kvHead, int r) {
    int head = kvHead * group + r % group;
    return ((firstToken + r / group) * op.nHeads() + head) * op.headDim();
  }

  /**
   * @param row token and head: token * nHeads + head
   */
  private int partOffset(int row, int part) {
    return (row * nParts + part) * AttentionTile.partLength(op.headDim());
  }

  private void merge() {
    int length = AttentionTile.partLength(op.headDim());
    for (int row = 0; row < nRows * op.nHeads(); row++) {
      AttentionTile.merge(
          buffers.parts(),
          partOffset(row, 0),
          length,
          nParts,
          out,
          row * op.headDim(),
          op.headDim());
    }
  }
}
