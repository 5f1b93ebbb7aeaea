package dev.lamina.kernels.quantize;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Super-blocks with a scale per group, an integer times the scale of the block: {@code x = d * sc *
 * q}.
 *
 * <p>The best scales of the groups are quantized like weights, which gives d. Then each group takes
 * the integer, of the nearest and its neighbors, with the least error, d is fitted to all codes of
 * the block, and so on.
 */
final class SymmetricSuperBlocks implements GroupedRows.Encoder {
  private static final float[] SCALE_TRIALS = ScaleSearch.trials(0.9f, 1.05f, 10);

  private static final int[] NO_MINS = {};

  private final Codes codes;
  private final ScaleSearch search;
  private final UniformCodes scaleCodes;
  private final ScaleSearch scaleSearch;
  private final int rounds;
  private final int blockBytes;
  private final SuperBlockWriter writer;

  /**
   * @param scaleCodes what the integers may be
   * @param rounds how often the scale of the block is fitted
   */
  SymmetricSuperBlocks(
      Codes codes,
      ScaleSearch search,
      UniformCodes scaleCodes,
      int rounds,
      int blockBytes,
      SuperBlockWriter writer) {
    this.codes = codes;
    this.search = search;
    this.scaleCodes = scaleCodes;
    this.scaleSearch = new ScaleSearch(scaleCodes, SCALE_TRIALS, 2);
    this.rounds = rounds;
    this.blockBytes = blockBytes;
    this.writer = writer;
  }

  /** The state of a batch. Lane g of each array but d belongs to group g. */
  private static final class Batch {
    final Groups groups;
    final float[] d;
    final int[] integer;
    final int[] best;
    final float[] scale;
    final float[] inverse;
    final float[] error;
    final float[] leastError;

    Batch(Groups groups) {
      int n = groups.lanes();
      this.groups = groups;
      d = new float[groups.blocks()];
      integer = new int[n];
      best = new int[n];
      scale = new float[n];
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
    setScales(batch, batch.best, 0);
    BlockCodes found = new BlockCodes(groups);
    for (int e = 0; e < groups.size; e++) {
      codes.nearest(groups.x[e], batch.inverse, found.lanes[e], n);
    }
    for (int b = 0; b < groups.blocks(); b++) {
      float d = batch.d[b] * groups.unit[b];
      int[] integers = SubScales.ofBlock(batch.best, b, groups);
      SuperBlock block = new SuperBlock(d, 0, integers, NO_MINS, found.ofBlock(b));
      writer.write(block, dst, offset + (long) b * blockBytes);
    }
  }

  private void start(Batch batch) {
    Groups groups = batch.groups;
    float[] scale = batch.scale;
    float[] weight = new float[scale.length];
    search.search(groups, scale, weight);
    Groups scales = SubScales.groups(scale, weight, groups);
    scaleSearch.search(scales, batch.d, new float[batch.d.length]);
    Halves.round(batch.d, groups.unit, batch.d.length);
    SubScales.nearest(scale, batch.d, groups.perBlock, scaleCodes, batch.best);
  }

  /** Replaces each integer by the neighbor with the least error, or keeps it. */
  private void chooseIntegers(Batch batch) {
    int n = batch.best.length;
    System.arraycopy(batch.best, 0, batch.integer, 0, n);
    Arrays.fill(batch.leastError, Float.POSITIVE_INFINITY);
    for (int step = -1; step <= 1; step++) {
      setScales(batch, batch.integer, step);
      Arrays.fill(batch.error, 0);
      for (int e = 0; e < batch.groups.size; e++) {
        codes.addErrors(
            batch.groups.x[e], batch.groups.w[e], batch.scale, batch.inverse, batch.error, n);
      }
      for (int g = 0; g < n; g++) {
        if (batch.error[g] < batch.leastError[g]) {
          batch.leastError[g] = batch.error[g];
          batch.best[g] = clamp(batch.integer[g] + step);
        }
      }
    }
  }

  private int clamp(int integer) {
    return Math.clamp(integer, scaleCodes.lowest(), scaleCodes.highest());
  }

  /** Sets the scales that the integers give, plus a step. */
  private void setScales(Batch batch, int[] integers, int step) {
    int perBlock = batch.groups.perBlock;
    for (int g = 0; g < integers.length; g++) {
      batch.scale[g] = batch.d[g / perBlock] * clamp(integers[g] + step);
    }
    ScaleSearch.invert(batch.scale, batch.inverse, integers.length);
  }

  /** Fits the scale of each block to the integers and codes of its groups. */
  private void fitBlockScales(Batch batch) {
    Groups groups = batch.groups;
    int n = batch.best.length;
    float[] qx = new float[n];
    float[] qq = new float[n];
    setScales(batch, batch.best, 0);
    for (int e = 0; e < groups.size; e++) {
      codes.addSums(groups.x[e], groups.w[e], batch.inverse, qx, qq, n);
    }
    for (int b = 0; b < groups.blocks(); b++) {
      float sumX = 0;
      float sumQ = 0;
      for (int g = b * groups.perBlock; g < (b + 1) * groups.perBlock; g++) {
        float integer = batch.best[g];
        sumX += integer * qx[g];
        sumQ += integer * integer * qq[g];
      }
      if (sumQ > 0) {
        batch.d[b] = sumX / sumQ;
      }
    }
    Halves.round(batch.d, groups.unit, batch.d.length);
  }
}
