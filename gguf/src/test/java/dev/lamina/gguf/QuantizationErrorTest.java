package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.quantize.Quantizers;
import dev.lamina.kernels.quantize.RowQuantizer;
import dev.lamina.testing.GoldenData;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Squared error of our blocks, columns weighted by importance, against that of llama.cpp's file of
 * the same weights and the same importance matrix, over the tensors that have the type there.
 */
class QuantizationErrorTest {
  private static final double BOUND = 1.0;

  /** A small model in every type that we write, made with all columns of the same importance. */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.MATCH_NONE,
      names = "F16|F32|F64|I\\d+|NVFP4|Q1_0|Q2_0|Q8_1|Q8_K")
  void errorIsNotLargerInTheSample(TensorType type) {
    try (GgufFile weights = GgufFile.open(GoldenData.file("models/cut-F16.gguf"));
        GgufFile other = GgufFile.open(GoldenData.file("models/cut-" + type + ".gguf"))) {
      check(weights, _ -> null, other, type);
    }
  }

  @ParameterizedTest
  @Tag("quality")
  @CsvSource({
    "BF16, BF16",
    "IQ4_NL, IQ4_NL",
    "IQ4_XS, IQ4_XS",
    "Q2_K, Q2_K",
    "Q2_K, Q3_K",
    "Q3_K_S, Q3_K",
    "Q3_K_M, Q5_K",
    "Q4_0, Q4_0",
    "Q4_1, Q4_1",
    "Q4_K_M, Q4_K",
    "Q4_K_M, Q6_K",
    "Q5_0, Q5_0",
    "Q5_1, Q5_1",
    "Q5_K_M, Q5_K",
    "Q5_K_M, Q6_K",
    "Q6_K, Q6_K",
    "Q8_0, Q8_0",
    "TQ1_0, TQ1_0",
    "TQ2_0, TQ2_0"
  })
  void errorIsNotLarger(String file, TensorType type) {
    try (GgufFile weights = GgufFile.open(GoldenData.file("models/shakespeare-5m-F16.gguf"));
        GgufFile matrix = GgufFile.open(GoldenData.file("golden/demo.imatrix.gguf"));
        GgufFile other =
            GgufFile.open(GoldenData.file("models/shakespeare-5m-" + file + ".gguf"))) {
      check(weights, tensor -> importance(matrix, tensor), other, type);
    }
  }

  /**
   * @param importance of the columns of a tensor; null where all are the same
   */
  private static void check(
      GgufFile weights, Function<GgufTensor, float[]> importance, GgufFile other, TensorType type) {
    double[] sums = new double[2];
    int tensors = 0;
    for (GgufTensor tensor : other.tensors().values()) {
      if (tensor.type() == type) {
        float[] columns = importance.apply(tensor);
        float[] original = values(weights.tensors().get(tensor.name()));
        float[] ours = roundTrip(type, original, (int) tensor.columns(), columns);
        sums[0] += error(original, ours, columns, (int) tensor.columns());
        sums[1] += error(original, values(tensor), columns, (int) tensor.columns());
        tensors++;
      }
    }
    String file = other.parts().getFirst().name();
    System.out.printf(
        "%s in %s: error %.4f of llama.cpp's, %d tensors%n",
        type, file, sums[0] / sums[1], tensors);
    assertTrue(tensors > 0, file + " has no tensor of type " + type);
    assertTrue(sums[0] <= BOUND * sums[1], type + " in " + file + ": " + sums[0] / sums[1]);
  }

  /** Mean square of the inputs of each column; null for a tensor that the matrix does not have. */
  private static float[] importance(GgufFile matrix, GgufTensor tensor) {
    GgufTensor sums = matrix.tensors().get(tensor.name() + ".in_sum2");
    if (sums == null) {
      return null;
    }
    float[] importance = values(sums);
    assertEquals(tensor.columns(), importance.length, tensor.name());
    float count = values(matrix.tensors().get(tensor.name() + ".counts"))[0];
    for (int i = 0; i < importance.length; i++) {
      importance[i] /= count;
    }
    return importance;
  }

  private static float[] roundTrip(
      TensorType type, float[] values, int columns, float[] importance) {
    RowQuantizer quantizer = Quantizers.of(type);
    MemorySegment blocks = MemorySegment.ofArray(new byte[(int) type.bytes(values.length)]);
    for (int at = 0; at < values.length; at += columns) {
      quantizer.quantize(values, at, columns, importance, blocks, type.bytes(at));
    }
    float[] back = new float[values.length];
    type.format().dequantize(blocks, 0, back.length, back, 0);
    return back;
  }

  private static float[] values(GgufTensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.rows() * tensor.columns())];
    tensor.type().format().dequantize(tensor.data(), 0, values.length, values, 0);
    return values;
  }

  private static double error(float[] expected, float[] actual, float[] importance, int columns) {
    float[] weights = importance;
    if (weights == null) {
      weights = new float[columns];
      Arrays.fill(weights, 1);
    }
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = (double) expected[i] - actual[i];
      sum += weights[i % columns] * difference * difference;
    }
    return sum;
  }
}
