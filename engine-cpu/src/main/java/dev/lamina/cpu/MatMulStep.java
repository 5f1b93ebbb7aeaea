package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.PlainProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.VectorMath;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Weights;
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

  /** Rows that kernels like to multiply together. */
  private static final int TOGETHER = 4;

  /** Groups of tokens that the caller rounds alone, because waking other threads takes longer. */
  private static final int SERIAL_GROUPS = 1;

  private final WorkerPool pool;
  private final PackedProducts packedProducts;
  private final Scratch[] scratch;
  private final Product[] products;

  /** Result of the gate; null if there is none. */
  private final float[] gated;

  /** The input in full precision if it must be rounded; else null. */
  private final float[] unrounded;

  /** Whether some weights are repacked, and need the input in 8 bits. */
  private final boolean packed;

  /** Whether some repacked weights need the input as floats. */
  private final boolean packedFloats;

  private final float[] x;
  private final RowSet set;
  private final int columns;
  private final int nChunks;
  private final WorkerPool.Task task = this::compute;
  private final WorkerPool.Task packTask = this::packInput;
  private int nRows;

  /** Number of rows of the input in a part. */
  private int partRows;

  /**
   * @param ops with the same input, which {@link #roundsInput} holds for all of or none
   * @param gate follows the two products gate and up, and its result takes the place of one of
   *     them; null for none
   * @param packedProducts shared by all steps, because each one fills it; null if activations are
   *     not rounded and no weights are repacked
   * @param scratch one for each worker
   * @param maxRows most rows of the input
   */
  MatMulStep(
      WorkerPool pool,
      LoadedWeights weights,
      PackedProducts packedProducts,
      Scratch[] scratch,
      List<Op.MatMul> ops,
      Op.GatedSilu gate,
      Activations arrays,
      int maxRows) {
    this.pool = pool;
    this.packedProducts = packedProducts;
    this.scratch = scratch;
    this.gated = gate == null ? null : arrays.array(gate.out());
    float[] in = arrays.array(ops.getFirst().in());
    boolean round = packedProducts != null && roundsInput(ops.getFirst());
    this.unrounded = round ? in : null;
    this.x = round ? arrays.rounded() : in;
    this.set = ops.getFirst().in().set();
    this.columns = ops.getFirst().in().width();
    this.products = new Product[ops.size()];
    int chunks = 0;
    for (int i = 0; i < products.length; i++) {
      products[i] = new Product(ops.get(i), weights, arrays, pool.threads(), chunks);
      chunks += gated != null && i > 0 ? 0 : products[i].nChunks();
    }
    this.nChunks = chunks;
    this.packed = Arrays.stream(products).anyMatch(p -> p.packed != null || p.strips != null);
    this.packedFloats =
        Arrays.stream(products).anyMatch(p -> p.packed != null && p.packed.asFloats());
    if (packed) {
      packedProducts.prepare(maxRows, columns, packedFloats);
    }
  }

  /** Whether a product's input is rounded to F16: llama.cpp does so for F16 weights. */
  static boolean roundsInput(Op.MatMul product) {
    return product.weight().type() == TensorType.F16;
  }

  @Override
  public void run(Batch batch) {
    nRows = batch.rows(set);
    if (nRows == 0) {
      return;
    }
    if (unrounded != null) {
      VectorMath.roundToF16(unrounded, 0, x, 0, nRows * columns);
    }
    if (packed) {
      packInput();
    }
    partRows = packed ? partRows() : nRows;
    pool.run(nChunks * Math.ceilDiv(nRows, partRows), task);
  }

  private int partRows() {
    int most = Math.max(CACHED / (ACTIVATION_BYTES * columns), PackedProducts.TOKENS);
    int equal = Math.ceilDiv(nRows, Math.ceilDiv(nRows, most));
    return Math.ceilDiv(equal, PackedProducts.TOKENS) * PackedProducts.TOKENS;
  }

  private void packInput() {
    packedProducts.shape(nRows, columns);
    int groups = packedProducts.nGroups();
    if (groups > SERIAL_GROUPS) {
      pool.run(groups, packTask);
      return;
    }
    for (int group = 0; group < groups; group++) {
      packInput(group, 0);
    }
  }

  private void packInput(int group, int worker) {
    packedProducts.fill(group, x, packedFloats, scratch[worker]);
  }

  private void compute(int index, int worker) {
    int chunk = index % nChunks;
    int from = index / nChunks * partRows;
    int to = Math.min(from + partRows, nRows);
    if (gated != null) {
      for (Product product : products) {
        multiply(product, chunk, from, to, worker);
      }
      gate(chunk, from, to);
      return;
    }
    int i = products.length - 1;
    while (products[i].firstChunk > chunk) {
      i--;
    }
    multiply(products[i], chunk - products[i].firstChunk, from, to, worker);
  }

  private void multiply(Product p, int chunk, int from, int to, int worker) {
    int begin = chunk * CHUNK_ROWS;
    int end = Math.min(begin + CHUNK_ROWS, p.width);
    if (p.packed != null) {
      packedProducts.multiply(p.packed, begin, from, to, p.y, begin, p.width, scratch[worker]);
    } else if (p.strips == null
        || !p.strips.multiply(
            packedProducts, begin, from, to, p.y, begin, p.width, worker, scratch[worker])) {
      multiplyPlain(p, begin, end, from, to, scratch[worker]);
    }
    if (p.bias != null) {
      for (int t = from; t < to; t++) {
        int at = t * p.width + begin;
        VectorMath.add(p.y, at, p.bias, begin, p.y, at, end - begin);
      }
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
          x,
          from * columns,
          columns,
          to - from,
          p.y,
          from * p.width + row,
          p.width,
          scratch);
    }
  }

  private void gate(int chunk, int from, int to) {
    Product gate = products[0];
    Product up = products[1];
    int begin = chunk * CHUNK_ROWS;
    int n = Math.min(CHUNK_ROWS, gate.width - begin);
    for (int t = from; t < to; t++) {
      int offset = t * gate.width + begin;
      VectorMath.siluTimes(gate.y, offset, up.y, offset, gated, offset, n);
    }
  }

  /** One matrix and the buffer of its result. */
  private static final class Product {
    /** The repacked copy; null if the weights are used in the file's layout. */
    final PackedMatrix packed;

    /**
     * Repacks rows each time; null if {@link #packed} is not, or they are multiplied as they are.
     */
    final FileStrips strips;

    final PlainProducts kernel;

    /** The rows in the file's layout; null if the weights are repacked. */
    final WeightRows weights;

    /** Rows that are multiplied at once with a single token. */
    final int rowsAtOnce;

    final float[] bias;
    final float[] y;
    final int width;
    final int firstChunk;

    Product(Op.MatMul op, LoadedWeights loaded, Activations arrays, int workers, int firstChunk) {
      this.packed = loaded.packed(op.weight());
      this.kernel = loaded.products(op.weight().type());
      this.strips = packed == null ? loaded.strips(op.weight(), workers) : null;
      this.weights = packed == null ? loaded.rows(op.weight()) : null;
      this.rowsAtOnce =
          weights != null && weights.copies()
              ? Math.clamp(COPIED / weights.rowBytes() & -TOGETHER, TOGETHER, CHUNK_ROWS)
              : CHUNK_ROWS;
      this.bias = op.bias() == null ? null : Weights.floats(op.bias());
      this.y = arrays.array(op.out());
      this.width = op.out().width();
      this.firstChunk = firstChunk;
    }

    int nChunks() {
      return Math.ceilDiv(width, CHUNK_ROWS);
    }
  }
}
