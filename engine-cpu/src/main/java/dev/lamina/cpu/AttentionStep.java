package dev.lamina.cpu;

import dev.lamina.cpu.kernel.AttentionTile;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;

/**
 * Stores the keys and values of a batch and computes causal attention. A task takes either some
 * tokens with all query heads of one key head over all positions, or one token over a part of the
 * positions. In the second case the tasks first compute exponentials, and then, when all parts are
 * done, weighted values. The division does not depend on the number of threads, so results do not
 * either.
 */
final class AttentionStep implements Step {
  private static final int TILE = KeyTiles.POSITIONS;

  /** Smallest number of positions of a part of the context. */
  private static final int MIN_PART = 2 * TILE;

  private final WorkerPool pool;
  private final Op.Attention op;
  private final KvCache cache;
  private final boolean roundQueries;
  private final boolean roundWeights;
  private final int group;
  private final float[] q;
  private final float[] k;
  private final float[] v;
  private final float[] out;
  private final AttentionBuffers buffers;
  private final WorkerPool.Task storeTask = this::store;
  private final WorkerPool.Task attendTask = this::attend;
  private final WorkerPool.Task scoreTask = this::score;
  private final WorkerPool.Task addValuesTask = this::addValues;
  private int startPosition;
  private int nRows;
  private int stride;
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
    this.roundWeights = config.valueType() == TensorType.F16;
    this.group = op.nHeads() / op.nKvHeads();
    this.q = arrays.array(op.q());
    this.k = arrays.array(op.k());
    this.v = arrays.array(op.v());
    this.out = arrays.array(op.out());
    this.buffers = buffers;
  }

  @Override
  public void run(Batch batch) {
    startPosition = batch.startPosition();
    nRows = batch.size();
    if (nRows == 1) {
      store(0, 0);
    } else {
      pool.run(nRows, storeTask);
    }
    divide();
    int nTasks = Math.ceilDiv(nRows, tokensPerTask) * op.nKvHeads() * nParts;
    if (nParts == 1) {
      pool.run(nTasks, attendTask);
    } else {
      attendInParts(nTasks);
    }
  }

  private void attendInParts(int nTasks) {
    pool.run(nTasks, scoreTask);
    for (int head = 0; head < op.nHeads(); head++) {
      AttentionTile.factors(buffers.softmax(), softmaxAt(head, 0), nParts);
    }
    pool.run(nTasks, addValuesTask);
    for (int head = 0; head < op.nHeads(); head++) {
      int from = partOffset(head, 0);
      AttentionTile.addUp(buffers.parts(), from, nParts, out, head * op.headDim(), op.headDim());
    }
  }

  /**
   * Divides the tokens into tasks. A task takes several tokens, because it converts each key once
   * for all of them; if there are few tokens it takes fewer, so that there are several tasks.
   */
  private void divide() {
    int n = startPosition + nRows;
    stride = AttentionBuffers.stride(n);
    tokensPerTask = Math.min(AttentionBuffers.maxTokens(op, n), Math.ceilDiv(nRows, 4));
    int wanted = nRows == 1 ? Math.clamp(n / MIN_PART, 1, AttentionBuffers.PARTS) : 1;
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
    score(task, worker);
    for (int r = 0; r < nTokens(task) * group; r++) {
      AttentionTile.factors(buffers.softmax(), softmaxAt(head(task, r), 0), 1);
    }
    addValues(task, worker);
  }

  /** Computes scores and their exponentials. */
  private void score(int task, int worker) {
    AttentionBuffers.Worker own = buffers.workers()[worker];
    AttentionTile tile = own.tile();
    float[] scores = scores(own);
    int at = scoresAt(task);
    int rows = nTokens(task) * group;
    for (int r = 0; r < rows; r++) {
      tile.query(r, q, head(task, r) * op.headDim(), op.scale(), roundQueries);
    }
    int from = part(task) * partLength;
    int columns = columns(task);
    for (int c = 0; c < columns; c += TILE) {
      cache.loadKeys(kvHead(task), from + c, tile.tile(), own.scratch());
      tile.score(rows, scores, at + c, stride, Math.min(TILE, columns - c));
    }
    for (int r = 0; r < rows; r++) {
      int visible = startPosition + firstToken(task) + r / group + 1 - from;
      tile.exponentials(
          scores,
          at + r * stride,
          Math.min(visible, columns),
          columns,
          buffers.softmax(),
          softmaxAt(head(task, r), part(task)));
    }
  }

  /** Turns exponentials into weighted values. */
  private void addValues(int task, int worker) {
    AttentionBuffers.Worker own = buffers.workers()[worker];
    AttentionTile tile = own.tile();
    float[] scores = scores(own);
    int at = scoresAt(task);
    int rows = nTokens(task) * group;
    int columns = columns(task);
    for (int r = 0; r < rows; r++) {
      float factor = buffers.softmax()[softmaxAt(head(task, r), part(task))];
      AttentionTile.weigh(factor, scores, at + r * stride, columns, roundWeights);
    }
    tile.clear(rows);
    int from = part(task) * partLength;
    for (int c = 0; c < columns; c += TILE) {
      int n = Math.min(TILE, columns - c);
      cache.loadValues(kvHead(task), from + c, n, tile.tile(), own.scratch());
      tile.addValues(rows, scores, at + c, stride, n);
    }
    for (int r = 0; r < rows; r++) {
      if (nParts == 1) {
        tile.finish(r, out, head(task, r) * op.headDim());
      } else {
        tile.finish(r, buffers.parts(), partOffset(head(task, r), part(task)));
      }
    }
  }

  private int part(int task) {
    return task % nParts;
  }

  private int kvHead(int task) {
    return task / nParts % op.nKvHeads();
  }

  private int firstToken(int task) {
    return task / nParts / op.nKvHeads() * tokensPerTask;
  }

  private int nTokens(int task) {
    return Math.min(tokensPerTask, nRows - firstToken(task));
  }

  /** Number of positions in a task's part that its last token attends to. */
  private int columns(int task) {
    int n = startPosition + firstToken(task) + nTokens(task);
    return Math.min(partLength, n - part(task) * partLength);
  }

  /** The query head that is row r of a task, counted over all tokens: token * nHeads + head. */
  private int head(int task, int r) {
    return (firstToken(task) + r / group) * op.nHeads() + kvHead(task) * group + r % group;
  }

  private float[] scores(AttentionBuffers.Worker own) {
    return nParts == 1 ? own.scores() : buffers.scores();
  }

  /** Offset of the scores of a task's first row; the other rows follow. */
  private int scoresAt(int task) {
    return nParts == 1 ? 0 : head(task, 0) * stride + part(task) * partLength;
  }

  private int softmaxAt(int head, int part) {
    return 2 * (head * nParts + part);
  }

  private int partOffset(int head, int part) {
    return (head * nParts + part) * op.headDim();
  }
}
