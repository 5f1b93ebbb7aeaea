package dev.lamina.kernels.device;

/**
 * The kernels of the program of everything but products and attention, and how each is launched.
 * Buffers are float32, rows are consecutive.
 *
 * <pre>
 * rms_norm       (x, weight, y, int n, float eps)
 * rope           (x, angles, int cosAt, int sinAt, int width, int headDim, int nPairs, int secondAt)
 * add            (a, b, y, int n)
 * scale          (x, y, int n, float factor)
 * select_rows    (x, words, int rowsAt, y, int width)
 * decaying_sum   (x, words, int positionAt, int pageAt, states, y, int width, int nRows, float decay)
 * gated_silu     (gate, up, y, int n)
 * round_to_half  (x, y, int n)
 * </pre>
 */
public final class OpsKernels {
  private static final int THREADS = 256;

  private OpsKernels() {}

  /** Normalizes runs of n values, a group each. */
  public static Launch rmsNorm(int nRuns) {
    return new Launch("rms_norm", nRuns, 1, THREADS);
  }

  /** Rotates nPairs pairs in each row. */
  public static Launch rope(int nPairs, int nRows) {
    return new Launch("rope", Math.ceilDiv(nPairs, THREADS), nRows, THREADS);
  }

  /** Copies rows of some width. */
  public static Launch selectRows(int width, int nRows) {
    return new Launch("select_rows", Math.ceilDiv(width, THREADS), nRows, THREADS);
  }

  /** Sums rows of some width, one after the other. */
  public static Launch decayingSum(int width) {
    return new Launch("decaying_sum", Math.ceilDiv(width, THREADS), 1, THREADS);
  }

  /** One of the kernels that treat n values alike. */
  public static Launch elementwise(String kernel, int n) {
    return new Launch(kernel, Math.ceilDiv(n, THREADS), 1, THREADS);
  }

  static String source() {
    return new DeviceSource().define("THREADS", THREADS).include("ops.h").text();
  }
}
