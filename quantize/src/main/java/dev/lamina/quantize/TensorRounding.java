package dev.lamina.quantize;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.Printable;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.quantize.Quantizers;
import dev.lamina.kernels.quantize.RowQuantizer;
import dev.lamina.kernels.quantize.ScaleRangeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.LongStream;

/** Quantizes a tensor to other types in memory and measures the error. */
public final class TensorRounding {
  private final GgufTensor source;
  private final float[][] importance;
  private final int columns;

  /**
   * @param importance of the model; null: there is none
   * @throws QuantizeException if it is that of another model
   */
  public TensorRounding(GgufTensor source, ImportanceMatrix importance, String importanceFile) {
    this.source = source;
    this.importance = new TensorImportance(importance, importanceFile).of(source);
    this.columns = Math.toIntExact(source.columns());
  }

  /** Whether there is an importance, without which some types are of no use. */
  public boolean hasImportance() {
    return importance != null;
  }

  /**
   * The whole tensor in another type.
   *
   * @throws QuantizeException if its weights are too large for that
   */
  public GgufTensor as(TensorType type, Arena arena) {
    RowQuantizer quantizer = Quantizers.of(type);
    long rowBytes = type.bytes(columns);
    MemorySegment blocks = arena.allocate(Math.multiplyExact(rowBytes, source.rows()), 64);
    try {
      LongStream.range(0, source.rows())
          .parallel()
          .forEach(row ->
              quantizer.quantize(row(row), 0, columns, importance(row), blocks, row * rowBytes));
    } catch (ScaleRangeException e) {
      throw new QuantizeException(
          "tensor "
              + Printable.quote(source.name())
              + " has weights that are too large for "
              + type,
          e);
    }
    return new GgufTensor(source.name(), type, source.shape(), blocks);
  }

  /**
   * Sum over all weights of the squared error, times the importance of the column; infinite if the
   * weights are too large for the type.
   *
   * @param mostRows rows that are tried; of more, as many with the same distance between them
   */
  public double error(TensorType type, int mostRows) {
    RowQuantizer quantizer = Quantizers.of(type);
    long tried = Math.min(mostRows, source.rows());
    double sum =
        LongStream.range(0, tried)
            .parallel()
            .mapToDouble(i -> error(quantizer, type, i * source.rows() / tried))
            .sum();
    return sum * source.rows() / tried;
  }

  private double error(RowQuantizer quantizer, TensorType type, long row) {
    float[] weights = row(row);
    float[] weight = importance(row);
    float[] rounded = new float[columns];
    MemorySegment blocks = MemorySegment.ofArray(new byte[(int) type.bytes(columns)]);
    try {
      quantizer.quantize(weights, 0, columns, weight, blocks, 0);
    } catch (ScaleRangeException e) {
      return Double.POSITIVE_INFINITY;
    }
    type.format().dequantize(blocks, 0, columns, rounded, 0);
    double sum = 0;
    for (int i = 0; i < columns; i++) {
      double error = weights[i] - rounded[i];
      sum += (weight == null ? 1 : weight[i]) * error * error;
    }
    return sum;
  }

  private float[] row(long row) {
    float[] weights = new float[columns];
    long at = row * source.type().bytes(columns);
    source.dequantize(at, columns, weights, 0);
    return weights;
  }

  private float[] importance(long row) {
    return importance == null ? null : importance[TensorImportance.expert(source, row, importance)];
  }
}
