package dev.lamina.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Statistics of an importance matrix entry, over the mean squared activations of its columns. The
 * figures are llama-imatrix's.
 *
 * @param tensor name of the matrix
 * @param total sum
 * @param deviation standard deviation
 * @param active share of columns that are not next to zero
 * @param columns how many there are
 * @param entropy of the columns' shares of the total, in bits
 * @param outliers share of columns further above the mean than the deviation
 * @param similarity cosine of the angle to the entry of the same name in the layer before; NaN if
 *     there is none
 */
public record ImportanceStatistics(
    String tensor,
    double total,
    double least,
    double most,
    double mean,
    double deviation,
    double active,
    int columns,
    double entropy,
    double outliers,
    double similarity) {
  private static final double NEXT_TO_ZERO = 1e-5;
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d+)\\.(.+)");

  /** Entropy divided by its largest possible value. */
  public double evenness() {
    return columns > 1 ? entropy / log2(columns) : 1;
  }

  /** One for each entry, in the matrix' order. */
  public static List<ImportanceStatistics> of(ImportanceMatrix matrix) {
    List<ImportanceStatistics> result = new ArrayList<>();
    matrix
        .entries()
        .forEach((name, entry) -> {
          Matcher layer = LAYER.matcher(name);
          ImportanceMatrix.Entry before = null;
          if (layer.matches() && layer.group(1).length() < 6) {
            int previous = Integer.parseInt(layer.group(1)) - 1;
            before = matrix.entries().get("blk." + previous + "." + layer.group(2));
          }
          float[] values = entry.importance();
          boolean comparable = before != null && before.size() == entry.size();
          double similarity = comparable ? cosine(values, before.importance()) : Double.NaN;
          result.add(of(name, values, similarity));
        });
    return result;
  }

  private static ImportanceStatistics of(String name, float[] values, double similarity) {
    double total = 0;
    double squares = 0;
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    int active = 0;
    for (float value : values) {
      total += value;
      squares += (double) value * value;
      least = Math.min(least, value);
      most = Math.max(most, value);
      active += value > NEXT_TO_ZERO ? 1 : 0;
    }
    int n = values.length;
    double mean = total / n;
    double deviation = Math.sqrt(Math.max(0, squares / n - mean * mean));
    double entropy = 0;
    int outliers = 0;
    for (float value : values) {
      if (value > 0) {
        entropy -= value / total * log2(value / total);
      }
      outliers += value - mean > deviation ? 1 : 0;
    }
    return new ImportanceStatistics(
        name,
        total,
        least,
        most,
        mean,
        deviation,
        (double) active / n,
        n,
        entropy,
        (double) outliers / n,
        similarity);
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      squaresOfA += (double) a[i] * a[i];
      squaresOfB += (double) b[i] * b[i];
    }
    return product / Math.sqrt(squaresOfA * squaresOfB);
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }
}
