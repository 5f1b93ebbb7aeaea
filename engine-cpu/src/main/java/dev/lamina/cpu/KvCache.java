package dev.lamina.cpu;

import dev.lamina.cpu.kernel.CacheRows;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.VectorMath;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Keys and values of one layer, [nKvHeads, contextLength, headDim] each, so that a head's rows are
 * consecutive.
 */
final class KvCache {
  private final int contextLength;
  private final int headDim;
  private final TensorType keyType;
  private final TensorType valueType;
  private final CacheRows keyRows;
  private final CacheRows valueRows;
  private final MemorySegment keys;
  private final MemorySegment values;

  KvCache(Arena arena, Op.Attention shape, SessionConfig config) {
    this.contextLength = config.contextLength();
    this.headDim = shape.headDim();
    this.keyType = config.keyType();
    this.valueType = config.valueType();
    this.keyRows = CacheRows.of(config.keyType());
    this.valueRows = CacheRows.of(config.valueType());
    long rows = (long) shape.nKvHeads() * contextLength;
    this.keys = arena.allocate(Math.multiplyExact(rows, keyRows.bytes(headDim)), 64);
    this.values = arena.allocate(Math.multiplyExact(rows, valueRows.bytes(headDim)), 64);
  }

  /** Bytes of one layer's keys and values. */
  static long bytes(Op.Attention shape, SessionConfig config) {
    long rows = (long) shape.nKvHeads() * config.contextLength();
    return Math.multiplyExact(
        rows,
        CacheRows.of(config.keyType()).bytes(shape.headDim())
            + CacheRows.of(config.valueType()).bytes(shape.headDim()));
  }

  /** Stores one head's key and value at a position. */
  void store(int kvHead, int position, float[] k, int kOffset, float[] v, int vOffset) {
    keyRows.store(k, kOffset, headDim, keys, row(keyRows, kvHead, position));
    valueRows.store(v, vOffset, headDim, values, row(valueRows, kvHead, position));
  }

  /**
   * {@code scores[p] = q . key[p] * scale} for positions {@code [0, n)}. With F16 keys q is rounded
   * to F16 first, in place, as llama.cpp does.
   */
  void scores(
      int kvHead, int n, float[] q, int qOffset, float scale, float[] scores, Scratch scratch) {
    if (keyType == TensorType.F16) {
      VectorMath.roundToF16(q, qOffset, q, qOffset, headDim);
    }
    long bytes = keyRows.bytes(headDim);
    long offset = row(keyRows, kvHead, 0);
    for (int p = 0; p < n; p++) {
      scores[p] = scale * keyRows.dot(keys, offset + p * bytes, headDim, q, qOffset, scratch);
    }
  }

  /**
   * {@code out = sum over positions [0, n) of weights[p] * value[p]}. With F16 values the weights
   * are rounded to F16 first, in place, as llama.cpp does.
   */
  void weightedSum(
      int kvHead, int n, float[] weights, float[] out, int outOffset, Scratch scratch) {
    if (valueType == TensorType.F16) {
      VectorMath.roundToF16(weights, 0, weights, 0, n);
    }
    Arrays.fill(out, outOffset, outOffset + headDim, 0f);
    long bytes = valueRows.bytes(headDim);
    long offset = row(valueRows, kvHead, 0);
    for (int p = 0; p < n; p++) {
      valueRows.addScaledTo(
          weights[p], values, offset + p * bytes, headDim, out, outOffset, scratch);
    }
  }

  private long row(CacheRows rows, int kvHead, int position) {
    return ((long) kvHead * contextLength + position) * rows.bytes(headDim);
  }
}
