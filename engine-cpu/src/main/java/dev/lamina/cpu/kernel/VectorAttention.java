package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Attention with the Vector API. It converts each tile to floats. */
public final class VectorAttention implements AttentionKernels {
  private final KeyTiles keyTiles;
  private final ValueTiles valueTiles;
  private final TileReader keyReader;
  private final TileReader valueReader;
  private final boolean roundQueries;
  private final boolean roundWeights;
  private final int headDim;
  private final float[] array;
  private final Scratch scratch;

  /** Keys, [headDim, POSITIONS], or values, [panels, POSITIONS, WIDTH]. */
  private final float[] tile;

  /**
   * @param array of queries, scores, sums and softmax
   * @param scratch of the worker
   */
  public VectorAttention(
      TensorType keyType, TensorType valueType, int headDim, float[] array, Scratch scratch) {
    this.keyTiles = new KeyTiles(keyType, headDim);
    this.valueTiles = new ValueTiles(valueType, headDim);
    this.keyReader = new TileReader(keyType, headDim);
    this.valueReader = new TileReader(valueType, headDim);
    this.roundQueries = keyType == TensorType.F16;
    this.roundWeights = valueType == TensorType.F16;
    this.headDim = headDim;
    this.array = array;
    this.scratch = scratch;
    int panels = (headDim + RowProducts.WIDTH - 1) / RowProducts.WIDTH;
    this.tile = new float[KeyTiles.POSITIONS * panels * RowProducts.WIDTH];
  }

  @Override
  public void storeKey(float[] k, int at, MemorySegment keys, long offset, int position) {
    keyTiles.store(k, at, keys, offset, position);
  }

  @Override
  public void storeValue(float[] v, int at, MemorySegment values, long offset, int position) {
    valueTiles.store(v, at, values, offset, position);
  }

  @Override
  public void queries(int rows, int queries, int factor) {
    int n = rows * headDim;
    if (roundQueries) {
      VectorMath.roundToF16(array, queries, array, queries, n);
    }
    VectorMath.scale(array[factor], array, queries, n);
  }

  @Override
  public void score(
      MemorySegment keys,
      long offset,
      long next,
      int rows,
      int queries,
      int scores,
      int stride,
      int positions) {
    keyReader.keys(keys, offset, tile, scratch);
    for (int r = 0; r < rows; r++) {
      int row = scores + r * stride;
      Arrays.fill(array, row, row + KeyTiles.POSITIONS, 0);
    }
    RowProducts.multiplyAdd(
        array, queries, headDim, rows, tile, 0, headDim, array, scores, stride, positions);
  }

  @Override
  public void exponentials(
      int rows, int columns, int scores, int stride, int softmax, int softmaxStride) {
    for (int r = 0; r < rows; r++) {
      int at = scores + r * stride;
      float max = VectorMath.max(array, at, columns);
      Exp.expOfDifference(array, at, columns, max);
      array[softmax + r * softmaxStride] = max;
      array[softmax + r * softmaxStride + 1] = VectorMath.sum(array, at, columns, scratch);
    }
  }

  @Override
  public void weigh(int rows, int columns, int scores, int stride, int softmax, int softmaxStride) {
    for (int r = 0; r < rows; r++) {
      float factor = array[softmax + r * softmaxStride];
      if (roundWeights) {
        VectorMath.scaleToF16(factor, array, scores + r * stride, columns);
      } else {
        VectorMath.scale(factor, array, scores + r * stride, columns);
      }
    }
  }

  @Override
  public void addValues(
      MemorySegment values,
      long offset,
      long next,
      int rows,
      int weights,
      int stride,
      int positions,
      int sums,
      int distance) {
    valueReader.values(values, offset, positions, tile, scratch);
    for (int i = 0; i < headDim; i += RowProducts.WIDTH) {
      int width = Math.min(RowProducts.WIDTH, headDim - i);
      int panel = KeyTiles.POSITIONS * i;
      RowProducts.multiplyAdd(
          array, weights, stride, rows, tile, panel, positions, array, sums + i, distance, width);
    }
  }

  @Override
  public void addUp(int parts, int nParts) {
    int n = AttentionKernels.sumStride(headDim);
    for (int i = 1; i < nParts; i++) {
      VectorMath.add(array, parts, array, parts + i * n, array, parts, n);
    }
  }
}
