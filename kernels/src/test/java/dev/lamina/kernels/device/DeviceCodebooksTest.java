package dev.lamina.kernels.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.codebook.Codebooks;
import java.util.EnumSet;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeviceCodebooksTest {
  private static final EnumSet<TensorType> WITH_TABLE =
      EnumSet.of(
          TensorType.IQ1_S,
          TensorType.IQ1_M,
          TensorType.IQ2_XXS,
          TensorType.IQ2_XS,
          TensorType.IQ2_S,
          TensorType.IQ3_XXS,
          TensorType.IQ3_S,
          TensorType.IQ4_NL,
          TensorType.IQ4_XS,
          TensorType.MXFP4,
          TensorType.NVFP4);

  @Test
  void ternariesArePlusOne() {
    for (TensorType type : new TensorType[] {TensorType.IQ1_S, TensorType.IQ1_M}) {
      assertNibbles(Codebooks.iq1(), DeviceCodebooks.words(type), number -> number - 1);
    }
  }

  /** The formula of {@code iq2.h}. */
  @Test
  void magnitudesAreNumbered() {
    IntUnaryOperator magnitude = number -> 8 + 17 * number + number / 2;
    assertNibbles(Codebooks.iq2xxs(), DeviceCodebooks.words(TensorType.IQ2_XXS), magnitude);
    assertNibbles(Codebooks.iq2xs(), DeviceCodebooks.words(TensorType.IQ2_XS), magnitude);
    assertNibbles(Codebooks.iq2s(), DeviceCodebooks.words(TensorType.IQ2_S), magnitude);
  }

  @Test
  void quartetsAreThemselves() {
    assertArrayEquals(Codebooks.iq3xxs(), DeviceCodebooks.words(TensorType.IQ3_XXS));
    assertArrayEquals(Codebooks.iq3s(), DeviceCodebooks.words(TensorType.IQ3_S));
  }

  @Test
  void valuesAreBiased() {
    assertBytes(Codebooks.iq4nl(), DeviceCodebooks.words(TensorType.IQ4_NL));
    assertBytes(Codebooks.iq4nl(), DeviceCodebooks.words(TensorType.IQ4_XS));
    assertBytes(Codebooks.e2m1(), DeviceCodebooks.words(TensorType.MXFP4));
    assertBytes(Codebooks.e2m1(), DeviceCodebooks.words(TensorType.NVFP4));
  }

  @ParameterizedTest
  @EnumSource
  void tablesAreInTheSource(TensorType type) {
    int[] words = DeviceCodebooks.words(type);
    assertEquals(WITH_TABLE.contains(type), words.length > 0);
    if (words.length > 0) {
      String source = DeviceProgram.forWeights(type).source();
      assertTrue(source.contains("CONSTANT u32 CODEBOOK[" + words.length + "] = {\n0x"));
      assertTrue(source.contains("#define TABLE_WORDS " + words.length + "\n"));
    }
  }

  private static void assertNibbles(long[] grid, int[] words, IntUnaryOperator value) {
    assertEquals(grid.length, words.length);
    for (int i = 0; i < grid.length; i++) {
      for (int l = 0; l < 8; l++) {
        int number = words[i] >>> 8 * (l % 4) + 4 * (l / 4) & 15;
        assertEquals((byte) (grid[i] >>> 8 * l), value.applyAsInt(number), "entry " + i);
      }
    }
  }

  private static void assertBytes(byte[] values, int[] words) {
    assertEquals(values.length, 4 * words.length);
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i], (words[i / 4] >>> 8 * (i % 4) & 255) - 128);
    }
  }
}
