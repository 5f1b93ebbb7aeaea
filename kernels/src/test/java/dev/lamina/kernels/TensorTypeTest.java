package dev.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorTypeTest {
  /** Name, GGUF id, elements and bytes per block, as GGUF defines them. */
  private static final String DEFINED =
      """
      F32 0 1 4
      F16 1 1 2
      Q4_0 2 32 18
      Q4_1 3 32 20
      Q5_0 6 32 22
      Q5_1 7 32 24
      Q8_0 8 32 34
      Q8_1 9 32 36
      Q2_K 10 256 84
      Q3_K 11 256 110
      Q4_K 12 256 144
      Q5_K 13 256 176
      Q6_K 14 256 210
      Q8_K 15 256 292
      IQ2_XXS 16 256 66
      IQ2_XS 17 256 74
      IQ3_XXS 18 256 98
      IQ1_S 19 256 50
      IQ4_NL 20 32 18
      IQ3_S 21 256 110
      IQ2_S 22 256 82
      IQ4_XS 23 256 136
      I8 24 1 1
      I16 25 1 2
      I32 26 1 4
      I64 27 1 8
      F64 28 1 8
      IQ1_M 29 256 56
      BF16 30 1 2
      TQ1_0 34 256 54
      TQ2_0 35 256 66
      MXFP4 39 32 17
      NVFP4 40 64 36
      Q1_0 41 128 18
      Q2_0 42 64 18
      """;

  @Test
  void idsAndSizes() {
    String actual =
        Stream.of(TensorType.values())
            .map(t -> t + " " + t.ggufId() + " " + t.blockSize() + " " + t.blockBytes() + "\n")
            .collect(Collectors.joining());
    assertEquals(DEFINED, actual);
  }

  @ParameterizedTest
  @EnumSource
  void hasFormatOfItsOwnAndIsFoundById(TensorType type) {
    assertEquals(type.name(), type.format().getClass().getSimpleName());
    assertEquals(Optional.of(type), TensorType.byGgufId(type.ggufId()));
    assertEquals(10L * type.blockBytes(), type.bytes(10L * type.blockSize()));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {-1, 4, 5, 31, 32, 33, 36, 37, 38, 43, 1000, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void unknownIds(int id) {
    assertTrue(TensorType.byGgufId(id).isEmpty());
  }

  @Test
  void bytesBeyondLongAreRefused() {
    assertThrows(ArithmeticException.class, () -> TensorType.F64.bytes(Long.MAX_VALUE / 4));
  }

  @Test
  void weights() {
    EnumSet<TensorType> others =
        EnumSet.of(
            TensorType.I8,
            TensorType.I16,
            TensorType.I32,
            TensorType.I64,
            TensorType.F64,
            TensorType.Q8_1,
            TensorType.Q8_K,
            TensorType.Q1_0,
            TensorType.Q2_0);
    for (TensorType type : TensorType.values()) {
      assertEquals(!others.contains(type), type.holdsWeights(), type.toString());
    }
    assertFalse(others.isEmpty());
  }
}
