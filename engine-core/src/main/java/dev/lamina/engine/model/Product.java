package dev.lamina.engine.model;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Makes the operations of a matrix product with bias and scale. */
final class Product {
  private static final ValueLayout.OfFloat LITTLE_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Product() {}

  /**
   * {@code out = scale * (weight * in) + bias}.
   *
   * @param bias or null
   * @param scale not 0
   */
  static List<Op> of(
      Activation in, Activation out, GgufTensor weight, GgufTensor bias, float scale) {
    List<Op> ops = new ArrayList<>();
    ops.add(new Op.MatMul(in, out, weight, bias == null ? null : divided(bias, scale)));
    if (scale != 1) {
      ops.add(new Op.Scale(out, scale));
    }
    return ops;
  }

  /** The bias divided by the scale, because it is added first and then scaled with the product. */
  private static GgufTensor divided(GgufTensor bias, float scale) {
    if (scale == 1) {
      return bias;
    }
    float[] values = Weights.floats(bias);
    MemorySegment data = MemorySegment.ofArray(new byte[4 * values.length]);
    for (int i = 0; i < values.length; i++) {
      data.set(LITTLE_FLOAT, 4L * i, values[i] / scale);
    }
    return new GgufTensor(bias.name(), TensorType.F32, bias.shape(), data);
  }
}
