package dev.lamina.kernels.quantize;

import dev.lamina.kernels.TensorType;

/** The quantiser of each type. */
public final class Quantizers {
  private Quantizers() {}

  /**
   * @throws IllegalArgumentException if there is none
   */
  public static RowQuantizer of(TensorType type) {
    throw new IllegalArgumentException("no quantiser for " + type);
  }
}
