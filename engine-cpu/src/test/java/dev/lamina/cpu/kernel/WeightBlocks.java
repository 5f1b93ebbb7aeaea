package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

/** Test data: blocks of every type that holds weights. */
public final class WeightBlocks {
  private WeightBlocks() {}

  static Stream<TensorType> weightTypes() {
    return Arrays.stream(TensorType.values()).filter(TensorType::holdsWeights);
  }

  /** Random bits: every code, and some NaN and infinite scales. */
  static MemorySegment randomBits(TensorType type, int nElements, Random random, Arena arena) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes(nElements))];
    random.nextBytes(bytes);
    return toNative(bytes, arena);
  }

  /** Random bits with only finite values below 10^4. */
  public static MemorySegment finite(TensorType type, int nElements, Random random, Arena arena) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes(nElements))];
    byte[] block = new byte[type.blockBytes()];
    float[] values = new float[type.blockSize()];
    for (int at = 0; at < bytes.length; at += block.length) {
      do {
        random.nextBytes(block);
        type.format().dequantizeBlock(MemorySegment.ofArray(block), 0, values, 0);
      } while (!isTame(values));
      System.arraycopy(block, 0, bytes, at, block.length);
    }
    return toNative(bytes, arena);
  }

  /** The blocks as dequantized by the scalar reference. */
  static float[] reference(TensorType type, MemorySegment blocks, long offset, int nElements) {
    float[] values = new float[nElements];
    type.format().dequantize(blocks, offset, nElements, values, 0);
    return values;
  }

  /** Random numbers with mean 0 and deviation 1. */
  public static float[] gaussians(int n, Random random) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private static boolean isTame(float[] values) {
    for (float value : values) {
      if (!(Math.abs(value) < 1e4f)) {
        return false;
      }
    }
    return true;
  }

  private static MemorySegment toNative(byte[] bytes, Arena arena) {
    // One byte further: blocks need no alignment.
    MemorySegment segment = arena.allocate(bytes.length + 1L).asSlice(1);
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment;
  }
}
