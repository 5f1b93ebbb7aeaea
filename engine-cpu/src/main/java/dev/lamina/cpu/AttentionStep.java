package dev.lamina.cpu;

import dev.lamina.cpu.kernel.AttentionTile;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.rows.WorkingMemory;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * Stores the keys and values of a batch and then computes causal attention, with the tasks of all
 * sequences in one run of the pool. Where a token's positions are divided, the tasks first compute
 * exponentials, and then, when all parts are done, weighted values.
 */
final class AttentionStep implements Step {
  private static final int TILE = KeyTiles.POSITIONS;

  private final WorkerPool pool;
  private final Op.Attention op;
  private final KvCache cache;
  private final boolean roundQueries;
  private final boolean roundWeights;
  private final WorkingMemory memory;
  private final int q;
  private final int k;
  private final int v;
  private final int out;
  private final AttentionBuffers buffers;
  private final AttentionRun[] runs;

  /** Number of tasks up to and with each run. */
  private final int[] ends;

  private final WorkerPool.Task attendTask = this::attend;
  private final WorkerPool.Task addValuesTask = this::addValues;
  private Batch batch;

  AttentionStep(
      WorkerPool pool,
      Op.Attention op,
      KvCache cache,
      RuntimeConfig config,
      Activations arrays,
      AttentionBuffers buffers) {
    this.pool = pool;
    this.op = op;
    this.cache = cache;
    this.roundQueries = config.keyType() == TensorType.F16;
    this.roundWeights = config.valueType() == TensorType.F16;
    this.memory = arrays.memory();
    this.q = arrays.at(op.q());
    this.k = arrays.at(op.k());
    this.v = arrays.at(op.v());
    this.out = arrays.at(op.out());
    this.buffers = buffers;
    this.runs = new AttentionRun[config.sequences()];
    for (int i = 0; i < runs.length; i++) {
      runs[i] = new AttentionRun(op, buffers, i);
    }
    this.ends = new int[runs.length];
  }

  /** Stores the keys and values of rows. */
  RowWork store() {
    return new RowWork(op.k().set(), List.of(op.k(), op.v())) {
      @Override
      void rows(Batch pass, int first, int n, int worker) {
        for (int row = first; row < first + n; row++) {
          store(pass, row);
        }
      }
    };
  }

  @Override
  public void run(Batch pass) {
    batch = pass;
    boolean isDivided = false;
    for (int i = 0; i < batch.runs(); i++) {
      runs[i].divide(batch.run(i));
      isDivided |= runs[i].parts() > 1;
    }
    pool.run(countTasks(1), attendTask);
    if (isDivided) {
      addUp();
    }
  }

  /** Numbers the tasks of the runs with at least so many parts; returns how many there are. */
  private int countTasks(int leastParts) {
    int n = 0;
    for (int i = 0; i < batch.runs(); i++) {
      n += runs[i].parts() >= leastParts ? runs[i].tasks() : 0;
      ends[i] = n;
    }
    return n;
  }

  /** Index of the run of a task. */
  private int runOf(int task) {
    int i = 0;
    while (task >= ends[i]) {
      i++;
    }
    return i;
  }

  /** The number of a task within its run. */
  private int taskIn(int run, int task) {
    return run == 0 ? task : task - ends[run - 1];
  }

  private void addUp() {
    for (int i = 0; i < batch.runs(); i++) {
      AttentionRun run = runs[i];
      for (int head = run.firstHead(); run.parts() > 1 && head < end(run); head++) {
        AttentionTile.factors(buffers.softmax(), run.softmaxAt(head, 0), run.parts());
      }
    }
    pool.run(countTasks(2), addValuesTask);
    for (int i = 0; i < batch.runs(); i++) {
      AttentionRun run = runs[i];
      for (int head = run.firstHead(); run.parts() > 1 && head < end(run); head++) {
        int from = run.partOffset(head, 0);
        int to = out + head * op.headDim();
        AttentionTile.addUp(buffers.parts(), from, run.parts(), memory.floats(), to, op.headDim());
      }
    }
  }

  /** The end of the heads of a run of one row. */
  private int end(AttentionRun run) {
    return run.firstHead() + op.nHeads();
  }

  private void store(Batch pass, int row) {
    int position = pass.position(row);
    int page = pass.pages(row, op.group()).get(position / TILE);
    for (int head = 0; head < op.nKvHeads(); head++) {
      int offset = row * op.k().width() + head * op.headDim();
      cache.store(head, page, position % TILE, memory.floats(), k + offset, v + offset);
    }
  }

  /** Computes scores and their exponentials, and the values too if the positions are one part. */
  private void attend(int number, int worker) {
    AttentionRun run = runs[runOf(number)];
    int task = taskIn(runOf(number), number);
    score(run, task, worker);
    if (run.parts() == 1) {
      for (int r = 0; r < run.nRows(task); r++) {
        AttentionTile.factors(buffers.softmax(), run.softmaxAt(run.head(task, r), 0), 1);
      }
      addValues(run, task, worker);
    }
  }

  private void score(AttentionRun run, int task, int worker) {
    AttentionBuffers.Worker own = buffers.workers()[worker];
    AttentionTile tile = own.tile();
    float[] scores = run.scores(own);
    int at = run.scoresAt(task);
    int rows = run.nRows(task);
    for (int r = 0; r < rows; r++) {
      tile.query(
          r, memory.floats(), q + run.head(task, r) * op.headDim(), op.scale(), roundQueries);
    }
    int from = run.from(task);
    int columns = run.columns(task);
    for (int c = 0; c < columns; c += TILE) {
      cache.loadKeys(run.kvHead(task), run.page(from + c), tile.tile(), own.scratch());
      tile.score(rows, scores, at + c, run.stride(), Math.min(TILE, columns - c));
    }
    for (int r = 0; r < rows; r++) {
      int row = at + r * run.stride();
      int hidden = run.hidden(task, r);
      Arrays.fill(scores, row, row + hidden, 0);
      tile.exponentials(
          scores,
          row + hidden,
          run.visible(task, r) - hidden,
          columns - hidden,
          buffers.softmax(),
          run.softmaxAt(run.head(task, r), run.part(task)));
    }
  }

  private void addValues(int number, int worker) {
    addValues(runs[runOf(number)], taskIn(runOf(number), number), worker);
  }

  /** Turns exponentials into weighted values. */
  private void addValues(AttentionRun run, int task, int worker) {
    AttentionBuffers.Worker own = buffers.workers()[worker];
    AttentionTile tile = own.tile();
    float[] scores = run.scores(own);
    int at = run.scoresAt(task);
    int rows = run.nRows(task);
    int columns = run.columns(task);
    for (int r = 0; r < rows; r++) {
      float factor = buffers.softmax()[run.softmaxAt(run.head(task, r), run.part(task))];
      AttentionTile.weigh(factor, scores, at + r * run.stride(), columns, roundWeights);
    }
    tile.clear(rows);
    int from = run.from(task);
    for (int c = 0; c < columns; c += TILE) {
      int n = Math.min(TILE, columns - c);
      cache.loadValues(run.kvHead(task), run.page(from + c), n, tile.tile(), own.scratch());
      tile.addValues(rows, scores, at + c, run.stride(), n);
    }
    for (int r = 0; r < rows; r++) {
      int head = run.head(task, r);
      if (run.parts() == 1) {
        tile.finish(r, memory.floats(), out + head * op.headDim());
      } else {
        tile.finish(r, buffers.parts(), run.partOffset(head, run.part(task)));
      }
    }
  }
}
