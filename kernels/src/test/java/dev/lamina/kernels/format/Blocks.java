package dev.lamina.kernels.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Helpers of the tests of block formats. */
final class Blocks {
  private Blocks() {}

  /** Dequantizes raw blocks from a heap segment. */
  static float[] dequantize(TensorType type, byte[] blocks) {
    assertEquals(0, blocks.length % type.blockBytes(), type + ": partial block");
    float[] values = new float[blocks.length / type.blockBytes() * type.blockSize()];
    type.format().dequantize(MemorySegment.ofArray(blocks), 0, values.length, values, 0);
    return values;
  }

  /** Dequantizes a whole buffer, from any position. */
  static float[] dequantize(TensorType type, ByteBuffer blocks) {
    byte[] bytes = new byte[blocks.capacity()];
    blocks.get(0, bytes);
    return dequantize(type, bytes);
  }

  static byte[] random(TensorType type, int nBlocks, long seed) {
    byte[] blocks = new byte[nBlocks * type.blockBytes()];
    new Random(seed).nextBytes(blocks);
    return blocks;
  }

  static float[] floats(byte[] littleEndian) {
    float[] values = new float[littleEndian.length / 4];
    ByteBuffer.wrap(littleEndian).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** Equal float bits, any NaN being equal to any other. */
  static void assertSameBits(float[] expected, float[] actual, String what) {
    assertEquals(expected.length, actual.length, what + ": count");
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
        fail(what + ": element " + i + " is " + actual[i] + ", expected " + expected[i]);
      }
    }
  }
}
