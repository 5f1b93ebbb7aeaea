package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.quantize.Quantizers;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Errors of our blocks against those of llama.cpp's, for all tensors of a type in its files of a
 * trained model, made with the same importance matrix.
 */
@Tag("quality")
class GridQuantizersGoldenTest {
  private static final int BLOCK = 256;

  /** Sums over tensors: of the squares of errors, with two kinds of weights. */
  private static final class Errors {
    double byImportance;
    double bySize;

    /**
     * @param importance of the columns, [row length]
     */
    void add(float[] x, float[] y, float[] importance) {
      for (int block = 0; block < x.length; block += BLOCK) {
        double square = 0;
        for (int i = block; i < block + BLOCK; i++) {
          square += x[i] * x[i];
        }
        for (int i = block; i < block + BLOCK; i++) {
          double error = importance[i % importance.length] * (x[i] - y[i]) * (x[i] - y[i]);
          byImportance += error;
          bySize += error * Math.sqrt(square / BLOCK + x[i] * x[i]);
        }
      }
    }
  }

  private static List<Path> quantized() throws IOException {
    try (Stream<Path> files = Files.list(GoldenData.file("models"))) {
      return files.filter(path -> path.toString().contains("shakespeare-5m-IQ")).sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "IQ[123]_.*")
  void errsNoMoreThanLlamaCpp(TensorType type) throws IOException {
    Errors ours = new Errors();
    Errors theirs = new Errors();
    try (GgufFile original = GgufFile.open(GoldenData.file("models/shakespeare-5m-F16.gguf"));
        GgufFile matrix = GgufFile.open(GoldenData.file("golden/demo.imatrix.gguf"))) {
      for (Path path : quantized()) {
        try (GgufFile file = GgufFile.open(path)) {
          for (GgufTensor tensor : file.tensors().values()) {
            if (tensor.type() == type) {
              float[] x = floats(original, tensor.name());
              float[] importance = importance(matrix, tensor.name());
              ours.add(x, roundTrip(type, x, importance), importance);
              theirs.add(x, decode(type, tensor.data(), x.length), importance);
            }
          }
        }
      }
    }
    assertTrue(theirs.byImportance > 0, "no tensor of " + type);
    double byImportance = ours.byImportance / theirs.byImportance;
    double bySize = ours.bySize / theirs.bySize;
    String message = "%s: errors %.4f times, %.4f times".formatted(type, byImportance, bySize);
    assertTrue(byImportance <= 1.00 && bySize <= 1.01, message);
  }

  private static float[] roundTrip(TensorType type, float[] x, float[] importance) {
    int columns = importance.length;
    MemorySegment blocks = MemorySegment.ofArray(new byte[(int) type.bytes(x.length)]);
    for (int at = 0; at < x.length; at += columns) {
      Quantizers.of(type).quantize(x, at, columns, importance, blocks, type.bytes(at));
    }
    return decode(type, blocks, x.length);
  }

  private static float[] importance(GgufFile matrix, String tensor) {
    float[] sums = floats(matrix, tensor + ".in_sum2");
    float count = floats(matrix, tensor + ".counts")[0];
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= count;
    }
    return sums;
  }

  private static float[] floats(GgufFile file, String name) {
    GgufTensor tensor = file.tensors().get(name);
    return decode(tensor.type(), tensor.data(), Math.toIntExact(tensor.rows() * tensor.columns()));
  }

  private static float[] decode(TensorType type, MemorySegment blocks, int n) {
    float[] values = new float[n];
    type.format().dequantize(blocks, 0, n, values, 0);
    return values;
  }
}
