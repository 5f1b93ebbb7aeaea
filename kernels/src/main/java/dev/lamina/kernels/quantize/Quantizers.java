package dev.lamina.kernels.quantize;

import dev.lamina.kernels.TensorType;

/** The quantiser of each type. */
public final class Quantizers {
  private Quantizers() {}

  /**
   * @throws IllegalArgumentException if there is none
   */
  public static RowQuantizer of(TensorType type) {
    return switch (type) {
      case IQ1_S -> new IQ1_SQuantizer();
      case IQ1_M -> new IQ1_MQuantizer();
      case IQ2_XXS -> new IQ2_XXSQuantizer();
      case IQ2_XS -> new IQ2_XSQuantizer();
      case IQ2_S -> new IQ2_SQuantizer();
      case IQ3_XXS -> new IQ3_XXSQuantizer();
      case IQ3_S -> new IQ3_SQuantizer();
      default -> throw new IllegalArgumentException("no quantiser for " + type);
    };
  }
}
