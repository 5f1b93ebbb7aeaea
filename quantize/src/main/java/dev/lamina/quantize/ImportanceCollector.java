package dev.lamina.quantize;

import dev.lamina.engine.placement.ProductObserver;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.Printable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes an importance matrix: adds up the squares of the activations that the matrices of the
 * layers, and the output matrix if wanted, are multiplied with.
 */
public final class ImportanceCollector implements ProductObserver {
  private static final String OUTPUT = "output.weight";

  private final boolean processOutput;
  private final Map<String, Sums> entries = new LinkedHashMap<>();

  private static final class Sums {
    final double[] squares;

    /** Tokens, of each expert or of all. */
    final double[] counts;

    Sums(int size, int groups) {
      this.squares = new double[size];
      this.counts = new double[groups];
    }
  }

  /**
   * @param processOutput whether {@code output.weight} is watched too
   */
  public ImportanceCollector(boolean processOutput) {
    this.processOutput = processOutput;
  }

  @Override
  public void input(GgufTensor weight, float[] input, int rows) {
    String name = weight.whole().name();
    if (!weight.isStart()) {
      return; // the other parts of a matrix have the same input
    }
    if (!name.startsWith("blk.") && !(processOutput && name.equals(OUTPUT))) {
      return;
    }
    int columns = (int) weight.columns();
    Sums sums = entries.computeIfAbsent(name, _ -> new Sums(columns, 1));
    double[] squares = sums.squares;
    for (int row = 0; row < rows; row++) {
      int at = row * columns;
      for (int i = 0; i < columns; i++) {
        double x = input[at + i];
        squares[i] += x * x;
      }
    }
    sums.counts[0] += rows;
  }

  /**
   * Adds what another matrix holds.
   *
   * @param file its name for messages
   * @throws QuantizeException if it is of a model with other sizes
   */
  public void add(ImportanceMatrix other, String file) {
    other
        .entries()
        .forEach((name, entry) -> {
          Sums sums = entries.computeIfAbsent(name, _ -> new Sums(entry.size(), entry.groups()));
          if (sums.squares.length != entry.size() || sums.counts.length != entry.groups()) {
            throw new QuantizeException(
                "%s is of another model: it has %d values for tensor %s, expected %d"
                    .formatted(
                        Printable.escape(file),
                        entry.size(),
                        Printable.quote(name),
                        sums.squares.length));
          }
          addTo(sums.squares, entry.sums());
          addTo(sums.counts, entry.counts());
        });
  }

  private static void addTo(double[] to, float[] values) {
    for (int i = 0; i < to.length; i++) {
      to[i] += values[i];
    }
  }

  /**
   * What has been collected so far.
   *
   * @throws QuantizeException if an activation was infinite or no number
   */
  public ImportanceMatrix matrix(List<String> datasets, long chunkCount, long chunkSize) {
    Map<String, ImportanceMatrix.Entry> result = new LinkedHashMap<>();
    entries.forEach((name, sums) -> {
      try {
        result.put(name, new ImportanceMatrix.Entry(floats(sums.squares), floats(sums.counts)));
      } catch (IllegalArgumentException e) {
        throw new QuantizeException(
            "activations of tensor "
                + Printable.quote(name)
                + " are not finite: the model file is damaged, or computes nonsense with this text",
            e);
      }
    });
    return new ImportanceMatrix(result, datasets, chunkCount, chunkSize);
  }

  private static float[] floats(double[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }
}
