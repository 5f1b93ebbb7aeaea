package dev.lamina.cpu.kernel;

import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shapes of the kernels. All follow from the widest shape that the JVM uses ({@code
 * -XX:MaxVectorSize} narrows it). The JVM emulates none of them.
 */
final class Lanes {
  /**
   * The shape of activations and dequantized weights, and the only shape of float vectors. With a
   * second one, the compiler's type profile of the shared code in FloatVector sees both and boxes
   * vectors.
   */
  static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

  /** As many ints as {@link #F} has floats. */
  static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

  /** Products of the integer kernels: the only shape of shorts that they use. */
  static final VectorSpecies<Short> S = ShortVector.SPECIES_PREFERRED;

  /** Lanes of {@link #F}. */
  static final int N = F.length();

  /**
   * Bytes whose first {@link #N} widen to {@link #F}. There is no shape of 32 bits: with 128-bit
   * floats a load reads four bytes more than are used, so arrays read with it end in {@link
   * Codes#SLACK} spare bytes.
   */
  static final VectorSpecies<Byte> BYTES_TO_F = ByteVector.SPECIES_PREFERRED.withShape(narrowed(4));

  /** Shorts that widen to {@link #I} or {@link #F}. */
  static final VectorSpecies<Short> SHORTS_TO_F =
      ShortVector.SPECIES_PREFERRED.withShape(narrowed(2));

  /** 16 bytes; every JVM that has vectors has this shape. */
  static final VectorSpecies<Byte> B16 = ByteVector.SPECIES_128;

  /**
   * 16 bytes as longs. x86 cannot shift bytes, so bit fields are extracted from longs. Ints would
   * not do: they have a single shape ({@link #I}), like floats, because with several shapes the
   * compiler sometimes boxes vectors.
   */
  static final VectorSpecies<Long> L16BYTES = LongVector.SPECIES_128;

  /** 32 bytes as longs if the JVM has that shape, otherwise 16. */
  static final VectorSpecies<Long> L32BYTES =
      I.vectorBitSize() >= 256 ? LongVector.SPECIES_256 : LongVector.SPECIES_128;

  /** GGUF is little-endian. */
  static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

  private Lanes() {}

  /**
   * The sum of the {@link #N} lanes of a vector that was stored at {@code at}. {@code reduceLanes}
   * adds in different orders when interpreted and when compiled, so the result could change from
   * run to run. Here the order is fixed. Memory is cheaper than shuffles, which the compiler boxes
   * if there are many.
   */
  static float sum(float[] lanes, int at) {
    float sum0 = lanes[at];
    float sum1 = lanes[at + 1];
    float sum2 = lanes[at + 2];
    float sum3 = lanes[at + 3];
    for (int i = at + 4; i < at + N; i += 4) {
      sum0 += lanes[i];
      sum1 += lanes[i + 1];
      sum2 += lanes[i + 2];
      sum3 += lanes[i + 3];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  private static VectorShape narrowed(int factor) {
    return VectorShape.forBitSize(Math.max(64, F.vectorBitSize() / factor));
  }
}
