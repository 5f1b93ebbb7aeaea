package dev.lamina.cpu;

import dev.lamina.cpu.kernel.AttentionKernels;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.kernel.Softmax;
import dev.lamina.cpu.rows.WorkingMemory;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Op;
import java.util.List;

/**
 * Computes causal attention when {@link #store} has kept the keys and values of the batch, with the
 * tasks of all sequences in one run of the pool. Where a token's positions are divided, the tasks
 * first compute exponentials, and then, when all parts are done, weighted values.
 */
final class AttentionStep implements Step {
  private static final int TILE = KeyTiles.POSITIONS;

  private final PassThreads threads;
  private final Op.Attention op;
  private final KvCache cache;
  private final WorkingMemory memory;
  private final int q;
  private final int k;
  private final int v;
  private final int out;
  private final AttentionBuffers buffers;

  /** Queries, scores and weighted values, see {@link AttentionBuffers}. */
  private final float[] array;

  private final AttentionRun[] runs;

  /** Number of tasks up to and with each run. */
  private final int[] ends;

  private final WorkerPool.Task attendTask = this::attend;
  private final WorkerPool.Task addValuesTask = this::addValues;
  private Batch batch;

  AttentionStep(
      PassThreads threads,
      Op.Attention op,
      KvCache cache,
      RuntimeConfig config,
      Activations arrays,
      AttentionBuffers buffers) {
    this.threads = threads;
    this.op = op;
    this.cache = cache;
    this.memory = arrays.memory();
    this.q = arrays.at(op.q());
    this.k = arrays.at(op.k());
    this.v = arrays.at(op.v());
    this.out = arrays.at(op.out());
    this.buffers = buffers;
    this.array = buffers.array();
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
          store(pass, row, worker);
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
    threads.run(countTasks(1), attendTask);
    if (isDivided) {
      addUp();
    }
  }

  @Override
  public long bytes(Batch pass) {
    long elements = 0;
    for (int i = 0; i < pass.runs(); i++) {
      Batch.Run run = pass.run(i);
      int positions = run.startPosition() + run.rows() - op.group().first(run.startPosition());
      elements += (long) run.rows() * positions * op.out().width();
    }
    return 2 * Short.BYTES * elements;
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
        Softmax.factors(array, run.softmaxOfParts(head), run.parts());
      }
    }
    threads.run(countTasks(2), addValuesTask);
    for (int i = 0; i < batch.runs(); i++) {
      AttentionRun run = runs[i];
      for (int head = run.firstHead(); run.parts() > 1 && head < end(run); head++) {
        int sums = run.sumsOfParts(head);
        buffers.kernels(0).addUp(sums, run.parts());
        int to = out + head * op.headDim();
        System.arraycopy(array, sums, memory.floats(), to, op.headDim());
      }
    }
  }

  /** The end of the heads of a run of one row. */
  private int end(AttentionRun run) {
    return run.firstHead() + op.nHeads();
  }

  private void store(Batch pass, int row, int worker) {
    int position = pass.position(row);
    int page = pass.pages(row, op.group()).get(position / TILE);
    AttentionKernels kernels = buffers.kernels(worker);
    for (int head = 0; head < op.nKvHeads(); head++) {
      int at = row * op.k().width() + head * op.headDim();
      cache.store(kernels, head, page, position % TILE, memory.floats(), k + at, v + at);
    }
  }

  /** Computes scores and their exponentials, and the values too if the positions are one part. */
  private void attend(int number, int worker) {
    AttentionRun run = runs[runOf(number)];
    int task = taskIn(runOf(number), number);
    score(run, task, worker);
    if (run.parts() == 1) {
      int softmax = run.softmaxAt(task, worker);
      for (int r = 0; r < run.nRows(task); r++) {
        Softmax.factors(array, softmax + r * run.softmaxStride(), 1);
      }
      addValues(run, task, worker);
      copyOut(run, task, worker);
    }
  }

  private void score(AttentionRun run, int task, int worker) {
    AttentionKernels kernels = buffers.kernels(worker);
    int rows = run.nRows(task);
    int queries = buffers.queriesOf(worker);
    loadQueries(run, task, worker);
    int scores = run.scoresAt(task, worker);
    int from = run.from(task);
    int columns = run.columns(task);
    long tile = cache.keyTile(run.kvHead(task), run.page(from));
    for (int c = 0; c < columns; c += TILE) {
      boolean last = c + TILE >= columns;
      long next = last ? tile : cache.keyTile(run.kvHead(task), run.page(from + c + TILE));
      int n = Math.min(TILE, columns - c);
      kernels.score(cache.keys(), tile, next, rows, queries, scores + c, run.stride(), n);
      tile = next;
    }
    int end = groups(columns);
    for (int r = 0; r < rows; r++) {
      int row = scores + r * run.stride();
      FloatRuns.hide(array, row, run.hidden(task, r));
      FloatRuns.hide(array, row + run.visible(task, r), end - run.visible(task, r));
    }
    kernels.exponentials(
        rows, end, scores, run.stride(), run.softmaxAt(task, worker), run.softmaxStride());
  }

  /** Rounded up to whole groups of scores. */
  private static int groups(int columns) {
    return Math.ceilDiv(columns, AttentionKernels.GROUP) * AttentionKernels.GROUP;
  }

  /** Copies and scales the queries of a task. The query heads of a key head lie together. */
  private void loadQueries(AttentionRun run, int task, int worker) {
    int rows = run.nRows(task);
    int queries = buffers.queriesOf(worker);
    int n = run.group() * op.headDim();
    for (int r = 0; r < rows; r += run.group()) {
      int from = q + run.head(task, r) * op.headDim();
      System.arraycopy(memory.floats(), from, array, queries + r * op.headDim(), n);
    }
    int factor = buffers.softmaxOf(worker);
    array[factor] = op.scale();
    buffers.kernels(worker).queries(rows, queries, factor);
  }

  private void addValues(int number, int worker) {
    addValues(runs[runOf(number)], taskIn(runOf(number), number), worker);
  }

  /** Turns exponentials into weighted values. */
  private void addValues(AttentionRun run, int task, int worker) {
    AttentionKernels kernels = buffers.kernels(worker);
    int rows = run.nRows(task);
    int weights = run.scoresAt(task, worker);
    int stride = run.stride();
    int columns = run.columns(task);
    int softmax = run.softmaxAt(task, worker);
    kernels.weigh(rows, groups(columns), weights, stride, softmax, run.softmaxStride());
    int sums = run.sumsAt(task, worker);
    int distance = run.sumStride();
    for (int r = 0; r < rows; r++) {
      FloatRuns.clear(array, sums + r * distance, buffers.sumStride());
    }
    int from = run.from(task);
    long tile = cache.valueTile(run.kvHead(task), run.page(from));
    for (int c = 0; c < columns; c += TILE) {
      boolean last = c + TILE >= columns;
      long next = last ? tile : cache.valueTile(run.kvHead(task), run.page(from + c + TILE));
      int n = Math.min(TILE, columns - c);
      kernels.addValues(cache.values(), tile, next, rows, weights + c, stride, n, sums, distance);
      tile = next;
    }
  }

  private void copyOut(AttentionRun run, int task, int worker) {
    int sums = run.sumsAt(task, worker);
    for (int r = 0; r < run.nRows(task); r++) {
      int to = out + run.head(task, r) * op.headDim();
      System.arraycopy(array, sums + r * run.sumStride(), memory.floats(), to, op.headDim());
    }
  }
}
