package dev.lamina.kernels.device;

import dev.lamina.kernels.TensorType;
import java.util.List;

/**
 * The kernels of a program for attention over a KV cache, and how each is launched. Keys and values
 * are [page, {@link #PAGE}, nKvHeads, headDim] in the program's types, everything else is float32
 * except {@code words}: from {@code positionAt} on it has the position of each row in its sequence,
 * from {@code tableAt} on the index, in {@code words} too, of the first of each row's pages.
 *
 * <pre>
 * store_kv           (k, v, keys, values, int words[], int positionAt, int tableAt, int width)
 * attention          (q, keys, values, out, partials, int words[], int positionAt, int tableAt,
 *                     int nHeads, int nKvHeads, int headDim, float scale, int nSplits,
 *                     int window)
 * attention_combine  (partials, out, int nHeads, int headDim, int nSplits)
 * </pre>
 *
 * Shapes: k, v [rows, width], q, out [rows, nHeads, headDim], partials [rows, nHeads, nSplits,
 * headDim + 2] (any buffer if nSplits is 1, when nothing is to be combined).
 */
public final class AttentionKernels {
  /** Elements of a head that local memory has room for. */
  public static final int MAX_HEAD_DIM = 512;

  /** Types of keys and of values that the header reads. */
  static final List<TensorType> CACHE_TYPES =
      List.of(TensorType.F32, TensorType.F16, TensorType.Q8_0);

  /** Positions of a page. */
  public static final int PAGE = 64;

  private static final int THREADS = PAGE;

  private AttentionKernels() {}

  /** Stores a batch's keys and values. */
  public static Launch storeKv(int width, int nRows) {
    return new Launch("store_kv", Math.ceilDiv(width, 32 * THREADS), nRows, THREADS);
  }

  /** A group for each row, head and part of the positions. */
  public static Launch attention(int nHeads, int nRows, int nSplits) {
    return new Launch("attention", nHeads * nSplits, nRows, THREADS);
  }

  /** Joins the parts. */
  public static Launch combine(int nHeads, int nRows) {
    return new Launch("attention_combine", nHeads, nRows, THREADS);
  }

  static String source(TensorType keyType, TensorType valueType) {
    return new DeviceSource()
        .define("THREADS", THREADS)
        .define("MAX_HEAD_DIM", MAX_HEAD_DIM)
        .define("KEY_TYPE", cacheType(keyType))
        .define("VALUE_TYPE", cacheType(valueType))
        .include("attention.h")
        .text();
  }

  /** Whether there are kernels for keys or values of the type. */
  public static boolean supports(TensorType type) {
    return CACHE_TYPES.contains(type);
  }

  /** The type's number in the header: GGUF's. */
  private static int cacheType(TensorType type) {
    if (!supports(type)) {
      throw new IllegalArgumentException(
          "a KV cache of type " + type + ", expected one of " + CACHE_TYPES);
    }
    return type.ggufId();
  }
}
