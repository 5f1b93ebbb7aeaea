package dev.lamina.engine.check;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

/** Random test data from a seed. An arena owns the memory. */
final class RandomData {
  private static final float LARGEST = 1e9f;

  private final Arena arena;
  private final Random random;

  RandomData(Arena arena, long seed) {
    this.arena = arena;
    this.random = new Random(seed);
  }

  /**
   * Values that are exact in 8 bits with a scale for each 32 of them, so backends that round
   * activations to this format give the same results as others.
   */
  float[] eightBits(int n) {
    float[] values = new float[n];
    for (int begin = 0; begin < n; begin += 32) {
      int end = Math.min(begin + 32, n);
      float unit = Math.scalb(1f, -below(8));
      for (int i = begin; i < end; i++) {
        values[i] = unit * (below(255) - 127);
      }
      values[begin + below(end - begin)] = 127 * unit;
    }
    return values;
  }

  float[] gaussians(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /**
   * A matrix of blocks with random bits. Every code occurs, and scales of every magnitude. Only
   * blocks with infinite or huge values are left out.
   */
  GgufTensor matrix(String name, TensorType type, int rows, int columns) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes((long) rows * columns))];
    byte[] block = new byte[type.blockBytes()];
    float[] values = new float[type.blockSize()];
    for (int at = 0; at < bytes.length; at += block.length) {
      do {
        random.nextBytes(block);
        type.format().dequantizeBlock(MemorySegment.ofArray(block), 0, values, 0);
      } while (!areModerate(values));
      System.arraycopy(block, 0, bytes, at, block.length);
    }
    return tensor(name, type, bytes, columns, rows);
  }

  GgufTensor vector(String name, int n) {
    MemorySegment data = arena.allocate(4L * n, 16);
    MemorySegment.copy(gaussians(n), 0, data, ValueLayout.JAVA_FLOAT, 0, n);
    return new GgufTensor(name, TensorType.F32, List.of((long) n), data);
  }

  private GgufTensor tensor(String name, TensorType type, byte[] bytes, long... shape) {
    MemorySegment data = arena.allocate(bytes.length, 16);
    MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return new GgufTensor(name, type, List.of(shape[0], shape[1]), data);
  }

  private static boolean areModerate(float[] values) {
    for (float value : values) {
      if (!(Math.abs(value) < LARGEST)) {
        return false;
      }
    }
    return true;
  }
}
