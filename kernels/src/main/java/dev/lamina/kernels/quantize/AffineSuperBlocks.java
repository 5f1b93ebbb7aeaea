package dev.lamina.kernels.quantize;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Super-blocks with a scale and a minimum per group, both integers times a scale of the block:
 * {@code x = d * sc * q - dmin * m}.
 *
 * <p>The best scales and minima of the groups are quantized like weights, which gives d and dmin.
 * Then each group takes the pair of integers, of the nearest and their neighbors, with the least
 * error, d and dmin are fitted to all codes of the block, and so on.
 */
final class AffineSuperBlocks implements GroupedRows.Encoder {
  private static final float[] SCALE_TRIALS = ScaleSearch.trials(0.85f, 1.03f, 13);

  /** Below this part of what it could be, the two are told apart by rounding errors only. */
  private static final double LEAST_DETERMINANT = 1e-9;

  private final int top;
  private final ScaleMinSearch search;
  private final UniformCodes integers;
  private final ScaleSearch scaleSearch;
  private final int rounds;
  private final int blockBytes;
  private final SuperBlockWriter writer;

  /**
   * @param top the largest code
   * @param topInteger the largest integer of scales and minima
   * @param rounds how often the scales of the block are fitted
   */
  AffineSuperBlocks(
      int top,
      ScaleMinSearch search,
      int topInteger,
      int rounds,
      int blockBytes,
      SuperBlockWriter writer) {
    this.top = top;
    this.search = search;
    this.integers = new UniformCodes(0, topInteger);
    this.scaleSearch = new ScaleSearch(integers, SCALE_TRIALS, 2);
    this.rounds = rounds;
    this.blockBytes = blockBytes;
    this.writer = writer;
  }

  /** The state of a batch. Lane g of each array but d and dmin belongs to group g. */
  private static final class Batch {
    final Groups groups;
    final float[] d;
    final float[] dmin;
    final int[] sc;
    final int[] m;
    final int[] bestSc;
    final int[] bestM;
    final float[] scale;
    final float[] low;
    final float[] inverse;
    final float[] error;
    final float[] leastError;

    Batch(Groups groups) {
      int n = groups.lanes();
      this.groups = groups;
      d = new float[groups.blocks()];
      dmin = new float[groups.blocks()];
      sc = new int[n];
      m = new int[n];
      bestSc = new int[n];
      bestM = new int[n];
      scale = new float[n];
      low = new float[n];
      inverse = new float[n];
      error = new float[n];
      leastError = new float[n];
    }
  }

  @Override
  public void encode(Groups groups, MemorySegment dst, long offset) {
    int n = groups.lanes();
    Batch batch = new Batch(groups);
    start(batch);
    chooseIntegers(batch);
    for (int round = 0; round < rounds; round++) {
      fitBlockScales(batch);
      chooseIntegers(batch);
    }
    setLines(batch, batch.bestSc, batch.bestM, 0, 0);
    BlockCodes found = new BlockCodes(groups);
    for (int e = 0; e < groups.size; e++) {
      AffineLoops.nearest(groups.x[e], batch.low, batch.inverse, top, found.lanes[e], n);
    }
    for (int b = 0; b < groups.blocks(); b++) {
      float unit = groups.unit[b];
      SuperBlock block =
          new SuperBlock(
              batch.d[b] * unit,
              batch.dmin[b] * unit,
              SubScales.ofBlock(batch.bestSc, b, groups),
              SubScales.ofBlock(batch.bestM, b, groups),
              found.ofBlock(b));
      writer.write(block, dst, offset + (long) b * blockBytes);
    }
  }

  private void start(Batch batch) {
    Groups groups = batch.groups;
    ScaleMinSearch.Lines lines = search.search(groups);
    for (int g = 0; g < lines.min.length; g++) {
      lines.min[g] = -lines.min[g];
    }
    startBlockScales(batch, lines.scale, lines.scaleWeight, batch.d, batch.bestSc);
    startBlockScales(batch, lines.min, lines.minWeight, batch.dmin, batch.bestM);
  }

  private void startBlockScales(
      Batch batch, float[] values, float[] weights, float[] d, int[] nearest) {
    Groups groups = batch.groups;
    scaleSearch.search(SubScales.groups(values, weights, groups), d, new float[d.length]);
    Halves.round(d, groups.unit, d.length);
    SubScales.nearest(values, d, groups.perBlock, integers, nearest);
  }

  /** Replaces each pair of integers by the neighbor with the least error, or keeps it. */
  private void chooseIntegers(Batch batch) {
    int n = batch.sc.length;
    System.arraycopy(batch.bestSc, 0, batch.sc, 0, n);
    System.arraycopy(batch.bestM, 0, batch.m, 0, n);
    Arrays.fill(batch.leastError, Float.POSITIVE_INFINITY);
    for (int scaleStep = -1; scaleStep <= 1; scaleStep++) {
      for (int minStep = -1; minStep <= 1; minStep++) {
        tryIntegers(batch, scaleStep, minStep);
      }
    }
  }

  private void tryIntegers(Batch batch, int scaleStep, int minStep) {
    Groups groups = batch.groups;
    int n = batch.sc.length;
    setLines(batch, batch.sc, batch.m, scaleStep, minStep);
    Arrays.fill(batch.error, 0);
    for (int e = 0; e < groups.size; e++) {
      AffineLoops.addErrors(
          groups.x[e], groups.w[e], batch.scale, batch.low, batch.inverse, top, batch.error, n);
    }
    for (int g = 0; g < n; g++) {
      if (batch.error[g] < batch.leastError[g]) {
        batch.leastError[g] = batch.error[g];
        batch.bestSc[g] = clamp(batch.sc[g] + scaleStep);
        batch.bestM[g] = clamp(batch.m[g] + minStep);
      }
    }
  }

  private int clamp(int integer) {
    return Math.clamp(integer, 0, integers.highest());
  }

  /** Sets the lines that the integers give, plus steps. */
  private void setLines(Batch batch, int[] sc, int[] m, int scaleStep, int minStep) {
    int perBlock = batch.groups.perBlock;
    for (int g = 0; g < sc.length; g++) {
      batch.scale[g] = batch.d[g / perBlock] * clamp(sc[g] + scaleStep);
      batch.low[g] = -batch.dmin[g / perBlock] * clamp(m[g] + minStep);
    }
    ScaleSearch.invert(batch.scale, batch.inverse, sc.length);
  }

  /** Fits both scales of each block to the integers and codes of its groups. */
  private void fitBlockScales(Batch batch) {
    Groups groups = batch.groups;
    setLines(batch, batch.bestSc, batch.bestM, 0, 0);
    Sums sums = new Sums(batch.sc.length);
    for (int e = 0; e < groups.size; e++) {
      sums.add(groups.x[e], groups.w[e], batch, top);
    }
    for (int b = 0; b < groups.blocks(); b++) {
      fitBlockScales(batch, sums, b);
    }
    Halves.round(batch.d, groups.unit, batch.d.length);
    Halves.round(batch.dmin, groups.unit, batch.dmin.length);
  }

  /** The regression of x on {@code a = sc * q} and {@code b = -m} over a block. */
  private static void fitBlockScales(Batch batch, Sums sums, int block) {
    double aa = 0;
    double ab = 0;
    double bb = 0;
    double ax = 0;
    double bx = 0;
    int perBlock = batch.groups.perBlock;
    for (int g = block * perBlock; g < (block + 1) * perBlock; g++) {
      double sc = batch.bestSc[g];
      double m = -batch.bestM[g];
      aa += sc * sc * sums.qq[g];
      ab += sc * m * sums.wq[g];
      bb += m * m * sums.w[g];
      ax += sc * sums.qx[g];
      bx += m * sums.wx[g];
    }
    double determinant = aa * bb - ab * ab;
    if (determinant > LEAST_DETERMINANT * aa * bb) {
      batch.d[block] = (float) ((ax * bb - bx * ab) / determinant);
      batch.dmin[block] = (float) ((aa * bx - ab * ax) / determinant);
    } else if (aa > 0) {
      batch.d[block] = (float) ((ax - batch.dmin[block] * ab) / aa);
    }
  }

  /** Weighted sums over the elements of each group, [lanes]. */
  private static final class Sums {
    final float[] w;
    final float[] wx;
    final float[] wq;
    final float[] qx;
    final float[] qq;

    Sums(int lanes) {
      w = new float[lanes];
      wx = new float[lanes];
      wq = new float[lanes];
      qx = new float[lanes];
      qq = new float[lanes];
    }

    void add(float[] x, float[] weights, Batch batch, int top) {
      AffineLoops.addSums(x, weights, batch.low, batch.inverse, top, wq, qx, qq, w.length);
      for (int g = 0; g < w.length; g++) {
        w[g] += weights[g];
        wx[g] += weights[g] * x[g];
      }
    }
  }
}
