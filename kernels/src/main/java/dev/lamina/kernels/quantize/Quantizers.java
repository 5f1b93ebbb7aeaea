package dev.lamina.kernels.quantize;

import dev.lamina.kernels.TensorType;

/** The quantizer of each type. */
public final class Quantizers {
  private Quantizers() {}

  /**
   * @throws IllegalArgumentException if there is none
   */
  public static RowQuantizer of(TensorType type) {
    return switch (type) {
      case BF16 -> PlainRows::bf16;
      case F16 -> PlainRows::f16;
      case F32 -> PlainRows::f32;
      case IQ1_M -> new IQ1_MQuantizer();
      case IQ1_S -> new IQ1_SQuantizer();
      case IQ2_S -> new IQ2_SQuantizer();
      case IQ2_XS -> new IQ2_XSQuantizer();
      case IQ2_XXS -> new IQ2_XXSQuantizer();
      case IQ3_S -> new IQ3_SQuantizer();
      case IQ3_XXS -> new IQ3_XXSQuantizer();
      case IQ4_NL -> SmallBlocks.iq4nl();
      case IQ4_XS -> KQuants.iq4xs();
      case MXFP4 -> SmallBlocks.mxfp4();
      case Q1_0 -> SmallBlocks.q1();
      case Q2_0 -> SmallBlocks.q2();
      case Q2_K -> KQuants.q2k();
      case Q3_K -> KQuants.q3k();
      case Q4_0 -> SmallBlocks.q4WithScale();
      case Q4_1 -> SmallBlocks.q4WithMin();
      case Q4_K -> KQuants.q4k();
      case Q5_0 -> SmallBlocks.q5WithScale();
      case Q5_1 -> SmallBlocks.q5WithMin();
      case Q5_K -> KQuants.q5k();
      case Q6_K -> KQuants.q6k();
      case Q8_0 -> SmallBlocks.q8();
      case TQ1_0 -> SmallBlocks.ternary(type, TernaryPacking::tq1);
      case TQ2_0 -> SmallBlocks.ternary(type, TernaryPacking::tq2);
      default -> throw new IllegalArgumentException("no quantizer for " + type);
    };
  }
}
