package dev.lamina.engine.model;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Biases of products that are scaled. */
final class Biases {
  private static final ValueLayout.OfFloat LITTLE_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Biases() {}

  /** A bias divided by a scale, because it is added first and then scaled with the product. */
  static GgufTensor divided(GgufTensor bias, float scale) {
    float[] values = Weights.floats(bias);
    MemorySegment data = MemorySegment.ofArray(new byte[4 * values.length]);
    for (int i = 0; i < values.length; i++) {
      data.set(LITTLE_FLOAT, 4L * i, values[i] / scale);
    }
    return new GgufTensor(bias.name(), TensorType.F32, bias.shape(), data);
  }
}
