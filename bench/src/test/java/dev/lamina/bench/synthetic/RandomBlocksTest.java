package dev.lamina.bench.synthetic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomBlocksTest {
  private static final int ELEMENTS = 1 << 16;

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"Q8_1", "Q8_K", "Q1_0", "Q2_0", "I8", "I16", "I32", "I64", "F64"})
  void elementsAreFiniteAndOfTheWantedSize(TensorType type) {
    for (float rms : new float[] {0.009f, 0.022f, 0.1f}) {
      float[] values = values(type, rms, 5);
      double sum = 0;
      double squares = 0;
      for (float value : values) {
        assertTrue(Float.isFinite(value), type + ": " + value);
        sum += value;
        squares += value * value;
      }
      String message = type + " for " + rms;
      assertEquals(1, Math.sqrt(squares / ELEMENTS) / rms, 0.06, message);
      assertEquals(0, sum / ELEMENTS / rms, 0.06, message);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"Q8_1", "Q8_K", "Q1_0", "Q2_0", "I8", "I16", "I32", "I64", "F64"})
  void dependOnTheSeedAlone(TensorType type) {
    assertArrayEquals(values(type, 0.02f, 1), values(type, 0.02f, 1));
    assertFalse(Arrays.equals(values(type, 0.02f, 1), values(type, 0.02f, 2)));
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_1", "Q8_K", "Q1_0", "Q2_0", "I8", "I16", "I32", "I64", "F64"})
  void othersHoldNoWeights(TensorType type) {
    assertThrows(IllegalArgumentException.class, () -> new RandomBlocks(type, 1, 1));
  }

  private static float[] values(TensorType type, float rms, long seed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WritableByteChannel channel = Channels.newChannel(out);
    assertDoesNotThrow(
        () -> new RandomBlocks(type, rms, seed).writeTo(channel, type.bytes(ELEMENTS)));
    byte[] bytes = out.toByteArray();
    float[] values = new float[ELEMENTS];
    type.format().dequantize(MemorySegment.ofArray(bytes), 0, ELEMENTS, values, 0);
    return values;
  }
}
