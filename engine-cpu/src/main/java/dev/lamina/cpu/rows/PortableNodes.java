package dev.lamina.cpu.rows;

import dev.lamina.engine.rows.Elementary;
import dev.lamina.engine.rows.RowNode;
import dev.lamina.engine.rows.RowNode.Kind;
import java.util.Arrays;

/** The nodes of row programs on pieces of elements. */
final class PortableNodes {
  /** Partial results of a reduction. */
  private static final int PARTS = 8;

  private PortableNodes() {}

  /** Computes n elements of a node that follows from others element by element. */
  static void compute(RowNode node, float[][] pieces, int n) {
    float[] a = pieces[node.input(0).number()];
    float[] b = node.kind().inputs() > 1 ? pieces[node.input(1).number()] : a;
    float[] to = pieces[node.number()];
    switch (node.kind()) {
      case ADD -> add(a, b, to, n);
      case SUBTRACT -> subtract(a, b, to, n);
      case MULTIPLY -> multiply(a, b, to, n);
      case DIVIDE -> divide(a, b, to, n);
      case MIN -> min(a, b, to, n);
      case MAX -> max(a, b, to, n);
      case NEGATE -> negate(a, to, n);
      case ABS -> abs(a, to, n);
      case SQRT -> sqrt(a, to, n);
      case EXP -> exp(a, to, n);
      case LOG -> log(a, to, n);
      case SELECT ->
          select(a, b, pieces[node.input(2).number()], pieces[node.input(3).number()], to, n);
      case ROUND_TO_F16 -> roundToF16(a, to, n);
      case SWAP_PAIRS -> swapPairs(a, to, n);
      default -> throw new IllegalArgumentException(node.kind() + " is not computed by element");
    }
  }

  private static void add(float[] a, float[] b, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = a[i] + b[i];
    }
  }

  private static void subtract(float[] a, float[] b, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = a[i] - b[i];
    }
  }

  private static void multiply(float[] a, float[] b, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = a[i] * b[i];
    }
  }

  private static void divide(float[] a, float[] b, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = a[i] / b[i];
    }
  }

  private static void min(float[] a, float[] b, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = a[i] < b[i] ? a[i] : b[i];
    }
  }

  private static void max(float[] a, float[] b, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = a[i] > b[i] ? a[i] : b[i];
    }
  }

  private static void negate(float[] a, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = -a[i];
    }
  }

  private static void abs(float[] a, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = Math.abs(a[i]);
    }
  }

  private static void sqrt(float[] a, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = (float) Math.sqrt(a[i]);
    }
  }

  private static void exp(float[] a, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = Elementary.exp(a[i]);
    }
  }

  private static void log(float[] a, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = Elementary.log(a[i]);
    }
  }

  private static void select(float[] a, float[] b, float[] c, float[] d, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = a[i] > b[i] ? c[i] : d[i];
    }
  }

  private static void roundToF16(float[] a, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = Float.float16ToFloat(Float.floatToFloat16(a[i]));
    }
  }

  private static void swapPairs(float[] a, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = a[i ^ 1];
    }
  }

  /** Clears a reduction's partial results. */
  static void clear(RowNode node, float[] parts) {
    Arrays.fill(parts, 0, PARTS, node.kind() == Kind.SUM ? 0 : Float.NEGATIVE_INFINITY);
  }

  static void accumulate(RowNode node, float[] a, int n, float[] parts) {
    if (node.kind() == Kind.SUM) {
      accumulateSum(a, n, parts);
    } else {
      for (int i = 0; i < n; i++) {
        parts[0] = a[i] > parts[0] ? a[i] : parts[0];
      }
    }
  }

  private static void accumulateSum(float[] a, int n, float[] parts) {
    int whole = n - n % PARTS;
    float s0 = parts[0], s1 = parts[1], s2 = parts[2], s3 = parts[3];
    float s4 = parts[4], s5 = parts[5], s6 = parts[6], s7 = parts[7];
    for (int i = 0; i < whole; i += PARTS) {
      s0 += a[i];
      s1 += a[i + 1];
      s2 += a[i + 2];
      s3 += a[i + 3];
      s4 += a[i + 4];
      s5 += a[i + 5];
      s6 += a[i + 6];
      s7 += a[i + 7];
    }
    for (int i = whole; i < n; i++) {
      s0 += a[i];
    }
    parts[0] = s0;
    parts[1] = s1;
    parts[2] = s2;
    parts[3] = s3;
    parts[4] = s4;
    parts[5] = s5;
    parts[6] = s6;
    parts[7] = s7;
  }

  /** Leaves the result of a reduction in all elements. */
  static void reduce(RowNode node, float[] parts) {
    float result = parts[0];
    for (int i = 1; i < PARTS && node.kind() == Kind.SUM; i++) {
      result += parts[i];
    }
    Arrays.fill(parts, result);
  }
}
