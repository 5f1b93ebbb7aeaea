package dev.lamina.kernels.format;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Dequantization against blocks dequantized by gguf-py, bit for bit. {@link HandMadeBlocksTest}
 * covers the types that gguf-py does not dequantize.
 */
class GoldenBlocksTest {
  private static final String NOT_GOLDEN = "F32|F64|I8|I16|I32|I64|Q8_1|Q8_K|Q1_0|Q2_0";

  /** A few blocks of weights and of random bits, part of the project. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = NOT_GOLDEN)
  void ownBlocks(TensorType type) throws IOException {
    float[] expected = Blocks.floats(resource(type + ".f32"));
    assertTrue(expected.length >= 128, type + ": too few values");
    Blocks.assertSameBits(
        expected, Blocks.dequantize(type, resource(type + ".blocks")), type.toString());
  }

  /** Sixteen rows of a model's weights. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = NOT_GOLDEN)
  void modelBlocks(TensorType type) throws IOException {
    shared(type, "");
  }

  /** 64 blocks of random bits: every code, scales of all magnitudes, infinities and NaN. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = NOT_GOLDEN + "|F16|BF16")
  void randomBlocks(TensorType type) throws IOException {
    shared(type, ".random");
  }

  private static void shared(TensorType type, String suffix) throws IOException {
    Path folder = GoldenData.file("golden/blocks");
    byte[] blocks = Files.readAllBytes(folder.resolve(type + suffix + ".blocks"));
    float[] expected = Blocks.floats(Files.readAllBytes(folder.resolve(type + suffix + ".f32")));
    Blocks.assertSameBits(expected, Blocks.dequantize(type, blocks), type + suffix);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = GoldenBlocksTest.class.getResourceAsStream(name)) {
      assertNotNull(in, name + " absent");
      return in.readAllBytes();
    }
  }
}
