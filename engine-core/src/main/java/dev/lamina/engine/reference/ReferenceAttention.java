package dev.lamina.engine.reference;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The definition of attention of a layer, with the layer's KV cache of all sequences. */
public final class ReferenceAttention implements ReferencePages {
  private final Op.Attention op;
  private final TensorType keyType;
  private final TensorType valueType;

  /** [page, position in it][nKvHeads, headDim], with the precision of the cache's type. */
  private final float[][] keys;

  private final float[][] values;

  /**
   * @param config types of the cache, and its number of pages
   * @throws IllegalArgumentException if heads are not whole blocks of the cache's type
   */
  public ReferenceAttention(Op.Attention op, RuntimeConfig config) {
    this.op = op;
    this.keyType = requireWholeBlocks(op, config.keyType());
    this.valueType = requireWholeBlocks(op, config.valueType());
    this.keys = new float[config.pages(op.group()) * PageTable.POSITIONS][];
    this.values = new float[keys.length][];
  }

  private static TensorType requireWholeBlocks(Op.Attention op, TensorType type) {
    if (op.headDim() % type.blockSize() != 0) {
      throw new IllegalArgumentException(
          "a KV cache of type %s takes heads of a multiple of %d elements, not of %d"
              .formatted(type, type.blockSize(), op.headDim()));
    }
    return type;
  }

  /**
   * Runs the whole operation on a pass.
   *
   * @param q [rows, nHeads, headDim]
   * @param k [rows, nKvHeads, headDim]
   * @param v [rows, nKvHeads, headDim]
   * @param out [rows, nHeads, headDim]
   */
  void forward(Batch batch, float[] q, float[] k, float[] v, float[] out) {
    for (int t = 0; t < batch.size(); t++) {
      store(batch.pages(t, op.group()), batch.position(t), k, v, t);
    }
    for (int t = 0; t < batch.size(); t++) {
      attend(batch.pages(t, op.group()), batch.position(t), q, t, out);
    }
  }

  /** Puts row t of keys and values into a sequence's cache at a position. */
  public void store(PageTable pages, int position, float[] k, float[] v, int t) {
    int slot = slot(pages, position);
    keys[slot] = CacheRounding.asCached(row(k, op.k(), t), keyType);
    values[slot] = CacheRounding.asCached(row(v, op.v(), t), valueType);
  }

  private static int slot(PageTable pages, int position) {
    int page = pages.get(position / PageTable.POSITIONS);
    return page * PageTable.POSITIONS + position % PageTable.POSITIONS;
  }

  @Override
  public Group group() {
    return op.group();
  }

  @Override
  public void copyPage(int from, int to) {
    int n = PageTable.POSITIONS;
    System.arraycopy(keys, from * n, keys, to * n, n);
    System.arraycopy(values, from * n, values, to * n, n);
  }

  /** Bytes of a page's keys and values, in floats. */
  @Override
  public long pageBytes() {
    return (long) PageTable.POSITIONS * (op.k().width() + op.v().width()) * Float.BYTES;
  }

  /** Copies a page to memory: each position's keys, then its values; zeros where it has none. */
  @Override
  public void readPage(int page, MemorySegment to) {
    long at = 0;
    for (int slot = page * PageTable.POSITIONS; slot < (page + 1) * PageTable.POSITIONS; slot++) {
      at = read(keys[slot], op.k().width(), to, at);
      at = read(values[slot], op.v().width(), to, at);
    }
  }

  private static long read(float[] row, int width, MemorySegment to, long at) {
    float[] from = row == null ? new float[width] : row;
    MemorySegment.copy(from, 0, to, LittleEndian.F32, at, width);
    return at + (long) width * Float.BYTES;
  }

  @Override
  public void writePage(int page, MemorySegment from) {
    long at = 0;
    for (int slot = page * PageTable.POSITIONS; slot < (page + 1) * PageTable.POSITIONS; slot++) {
      keys[slot] = from.asSlice(at, 4L * op.k().width()).toArray(LittleEndian.F32);
      at += 4L * op.k().width();
      values[slot] = from.asSlice(at, 4L * op.v().width()).toArray(LittleEndian.F32);
      at += 4L * op.v().width();
    }
  }

  private static float[] row(float[] rows, Rows buffer, int t) {
    return Arrays.copyOfRange(rows, t * buffer.width(), (t + 1) * buffer.width());
  }

  /** {@code softmax(q k^T * scale) v} of row t, at {@code position}, for each head. */
  public void attend(PageTable pages, int position, float[] q, int t, float[] out) {
    int dim = op.headDim();
    int first = op.group().first(position);
    for (int head = 0; head < op.nHeads(); head++) {
      int kvAt = head / (op.nHeads() / op.nKvHeads()) * dim;
      int at = (t * op.nHeads() + head) * dim;
      double[] weights = softmax(scores(pages, position, q, at, kvAt));
      for (int d = 0; d < dim; d++) {
        double sum = 0;
        for (int p = first; p <= position; p++) {
          sum += weights[p - first] * values[slot(pages, p)][kvAt + d];
        }
        out[at + d] = (float) sum;
      }
    }
  }

  /** {@code q k * scale} for all positions that this one sees, which is included. */
  private double[] scores(PageTable pages, int position, float[] q, int qAt, int kvAt) {
    int first = op.group().first(position);
    double[] scores = new double[position + 1 - first];
    for (int p = first; p <= position; p++) {
      float[] key = keys[slot(pages, p)];
      double product = 0;
      for (int d = 0; d < op.headDim(); d++) {
        product += (double) q[qAt + d] * key[kvAt + d];
      }
      scores[p - first] = product * op.scale();
    }
    return scores;
  }

  /** {@code e^x / sum of all e^x}; the largest score is subtracted first to avoid overflow. */
  private static double[] softmax(double[] scores) {
    double largest = Arrays.stream(scores).max().orElseThrow();
    double[] weights = Arrays.stream(scores).map(score -> Math.exp(score - largest)).toArray();
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  /** The values of a position as read from the cache, [nKvHeads, headDim]. */
  public float[] cachedValues(PageTable pages, int position) {
    return values[slot(pages, position)].clone();
  }
}
