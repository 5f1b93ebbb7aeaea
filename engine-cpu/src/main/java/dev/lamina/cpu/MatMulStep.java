package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.PlainProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.rows.BoundRows;
import dev.lamina.cpu.rows.WorkingMemory;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RowSet;
import dev.lamina.kernels.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * Matrix products with a common input (q, k and v; gate and up; or a single one). It is one
 * parallel run over chunks of rows, for as many tokens at a time as fit the cache. The task that
 * computes the rows also applies a gate that follows.
 */
final class MatMulStep implements Step {
  private static final int CHUNK_ROWS = PackedProducts.ROWS;

  /**
   * Bytes of rounded activations that a thread multiplies with all its rows before it takes the
   * next ones: half of the second-level cache of many processors.
   */
  private static final int CACHED = 1 << 20;

  /** Bytes of a rounded activation, with its share of scales and sums. */
  private static final int ACTIVATION_BYTES = 2;

  /** Bytes of weights to copy from the file at once; they fit the first-level cache. */
  private static final int COPIED = 16 << 10;

  /**
   * Bytes of weights that a task multiplies before the next token's activations have their turn:
   * they fit the first-level cache. Fewer would be more calls, which a small model waits for.
   */
  private static final int TASK_BYTES = 32 << 10;

  /** Tasks for each thread, so that none waits long for the others. */
  private static final int TASKS = 4;

  /** Rows that kernels like to multiply together. */
  private static final int TOGETHER = 4;

  private final PassThreads threads;
  private final PackedProducts packedProducts;
  private final Scratch[] scratch;
  private final Product[] products;

  /** Gates the first two products; null if they are not gated. */
  private final BoundRows gate;

  private final WorkingMemory memory;

  /** Index of the input in the memory. */
  private final int x;

  /** Whether some weights are repacked. */
  private final boolean packed;

  private final RowSet set;
  private final int columns;

  /** Bytes of all weights. */
  private final long bytes;

  /** How one thread divides the rows. */
  private final Division alone;

  /** How all threads divide them. */
  private final Division shared;

  private final WorkerPool.Task task = this::compute;
  private int nRows;

  /** Number of rows of the input in a part. */
  private int partRows;

  private Division division;

  /**
   * @param ops with the same input
   * @param x index of the input, which may be rounded, in the memory
   * @param gate follows the two products gate and up, and its result takes the place of one of
   *     them; null for none
   * @param packedProducts shared by all steps, and filled before each; null if no weights are
   *     repacked
   * @param scratch one for each worker
   */
  MatMulStep(
      PassThreads threads,
      LoadedWeights weights,
      PackedProducts packedProducts,
      Scratch[] scratch,
      List<Op.MatMul> ops,
      int x,
      Op.GatedSilu gate,
      Activations arrays,
      CallBinder binder) {
    this.threads = threads;
    this.packedProducts = packedProducts;
    this.scratch = scratch;
    this.memory = arrays.memory();
    this.x = x;
    this.set = ops.getFirst().in().set();
    this.columns = ops.getFirst().in().width();
    this.products = new Product[ops.size()];
    for (int i = 0; i < products.length; i++) {
      products[i] = new Product(ops.get(i), weights, arrays, binder, threads.most());
    }
    this.packed = Arrays.stream(products).anyMatch(p -> p.packed != null || p.strips != null);
    this.gate = gate == null ? null : binder.bind(gate.rowCalls().getFirst());
    this.bytes = Arrays.stream(products).mapToLong(p -> p.width * p.weights.rowBytes()).sum();
    int most = mostChunks();
    int all = Arrays.stream(products).mapToInt(p -> Math.ceilDiv(p.width, CHUNK_ROWS)).sum();
    this.alone = new Division(most);
    this.shared = new Division(Math.clamp(all / (TASKS * threads.most()), 1, most));
  }

  /** Number of chunks whose weights a task can keep in the cache. */
  private int mostChunks() {
    long row = Arrays.stream(products).mapToLong(p -> p.weights.rowBytes()).max().orElseThrow();
    return (int) Math.max(1, TASK_BYTES / (CHUNK_ROWS * row));
  }

  /** Whether a product's input is rounded to F16: llama.cpp does so for F16 weights. */
  static boolean roundsInput(Op.MatMul product) {
    return product.weight().type() == TensorType.F16;
  }

  /** Whether some repacked weights need the input in 8 bits. */
  boolean isPacked() {
    return packed;
  }

  /** Whether some repacked weights need the input as floats too. */
  boolean needsFloats() {
    return Arrays.stream(products).anyMatch(p -> p.packed != null && p.packed.matrix().asFloats());
  }

  @Override
  public void run(Batch batch) {
    nRows = batch.rows(set);
    if (nRows == 0) {
      return;
    }
    partRows = packed ? partRows() : nRows;
    division = threads.isAlone() ? alone : shared;
    threads.run(division.tasks() * Math.ceilDiv(nRows, partRows), task);
  }

  @Override
  public long bytes(Batch batch) {
    return bytes * batch.rows(set);
  }

  private int partRows() {
    int most = Math.max(CACHED / (ACTIVATION_BYTES * columns), PackedProducts.TOKENS);
    int equal = Math.ceilDiv(nRows, Math.ceilDiv(nRows, most));
    return Math.ceilDiv(equal, PackedProducts.TOKENS) * PackedProducts.TOKENS;
  }

  private void compute(int index, int worker) {
    Division by = division;
    int part = index % by.tasks();
    int from = index / by.tasks() * partRows;
    int to = Math.min(from + partRows, nRows);
    if (gate != null) {
      int begin = part * by.rows;
      int end = Math.min(begin + by.rows, products[0].width);
      for (Product product : products) {
        multiply(product, begin, end, from, to, worker);
      }
      gate.run(memory, from, to - from, begin, end - begin, worker);
      return;
    }
    int i = by.product(part);
    Product p = products[i];
    int begin = (part - by.first[i]) * by.rows;
    multiply(p, begin, Math.min(begin + by.rows, p.width), from, to, worker);
  }

  private void multiply(Product p, int begin, int end, int from, int to, int worker) {
    if (p.packed != null && p.packed.isComplete()) {
      multiplyPacked(p, begin, end, from, to, worker);
    } else {
      for (int chunk = begin / CHUNK_ROWS; chunk * CHUNK_ROWS < end; chunk++) {
        multiplyChunk(p, chunk, Math.min((chunk + 1) * CHUNK_ROWS, end), from, to, worker);
      }
    }
    if (p.bias != null) {
      p.bias.run(memory, from, to - from, begin, end - begin, worker);
    }
  }

  private void multiplyPacked(Product p, int begin, int end, int from, int to, int worker) {
    packedProducts.multiply(
        p.packed.matrix(),
        begin,
        end - begin,
        from,
        to,
        memory.floats(),
        p.y + begin,
        p.width,
        scratch[worker]);
  }

  /** Multiplies rows that may have to be repacked first. */
  private void multiplyChunk(Product p, int chunk, int end, int from, int to, int worker) {
    int begin = chunk * CHUNK_ROWS;
    Scratch own = scratch[worker];
    if (p.strips != null && (p.packed == null || p.packed.isFirst(chunk))) {
      float[] y = memory.floats();
      int at = p.y + begin;
      if (!p.strips.multiply(packedProducts, begin, from, to, y, at, p.width, worker, own)) {
        multiplyPlain(p, begin, end, from, to, own);
      }
    } else if (p.packed != null && p.packed.pack(chunk, own) == PackedCopy.READY) {
      multiplyPacked(p, begin, end, from, to, worker);
    } else {
      multiplyPlain(p, begin, end, from, to, own);
    }
  }

  private void multiplyPlain(Product p, int begin, int end, int from, int to, Scratch scratch) {
    int step = to - from == 1 ? p.rowsAtOnce : CHUNK_ROWS;
    for (int row = begin; row < end; row += step) {
      int n = Math.min(step, end - row);
      p.kernel.rows(
          p.weights.rows(row, n, scratch),
          columns,
          0,
          n,
          memory.floats(),
          x + from * columns,
          columns,
          to - from,
          memory.floats(),
          p.y + from * p.width + row,
          p.width,
          scratch);
    }
  }

  /** One matrix and the place of its result. */
  private static final class Product {
    /** The repacked copy; null if there is none. */
    final PackedCopy packed;

    /** Repacks rows each time; null if they are multiplied as they are instead. */
    final FileStrips strips;

    final PlainProducts kernel;

    /** The rows in the file's layout. */
    final WeightRows weights;

    /** Rows that are multiplied at once with a single token. */
    final int rowsAtOnce;

    /** Adds the bias; null for none. */
    final BoundRows bias;

    /** Index of the result in the memory. */
    final int y;

    final int width;

    Product(
        Op.MatMul op, LoadedWeights loaded, Activations arrays, CallBinder binder, int workers) {
      this.packed = loaded.packed(op.weight());
      this.kernel = loaded.products(op.weight().type());
      this.strips = loaded.strips(op.weight(), workers);
      this.weights = loaded.rows(op.weight());
      this.rowsAtOnce =
          weights.copies()
              ? Math.clamp(COPIED / weights.rowBytes() & -TOGETHER, TOGETHER, CHUNK_ROWS)
              : CHUNK_ROWS;
      this.y = arrays.at(op.out());
      this.width = op.out().width();
      this.bias = op.bias() == null ? null : binder.addVector(op.out(), op.bias());
    }
  }

  /** Tasks of equally many rows, one product after the other; with a gate, of both at once. */
  private final class Division {
    /** Of a task; a product's last one may have fewer. */
    final int rows;

    /** The first task of each product and, at the end, the number of all. */
    final int[] first = new int[products.length + 1];

    Division(int chunks) {
      rows = chunks * CHUNK_ROWS;
      for (int i = 0; i < products.length; i++) {
        int tasks = gate != null && i > 0 ? 0 : Math.ceilDiv(products[i].width, rows);
        first[i + 1] = first[i] + tasks;
      }
    }

    int tasks() {
      return first[products.length];
    }

    int product(int task) {
      int i = products.length - 1;
      while (first[i] > task) {
        i--;
      }
      return i;
    }
  }
}
