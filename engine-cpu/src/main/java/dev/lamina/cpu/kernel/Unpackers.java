package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;

/** The unpackers of the quantized types. Most of them use the Vector API. */
final class Unpackers {
  private Unpackers() {}

  /**
   * @throws IllegalArgumentException if no matrix of weights has this type, or it is not quantized
   */
  static Unpacker of(TensorType type) {
    return switch (type) {
      case Q4_0 -> new LegacyQuants.Q4Zero();
      case Q4_1 -> new LegacyQuants.Q4One();
      case Q5_0 -> new LegacyQuants.Q5Zero();
      case Q5_1 -> new LegacyQuants.Q5One();
      case Q8_0 -> new LegacyQuants.Q8Zero();
      case Q2_K -> new KQuants.Q2K();
      case Q3_K -> new KQuants.Q3K();
      case Q4_K -> new KQuants.Q4K();
      case Q5_K -> new KQuants.Q5K();
      case Q6_K -> new KQuants.Q6K();
      case IQ1_S -> new Grid1Quants.Iq1S();
      case IQ1_M -> new Grid1Quants.Iq1M();
      case IQ2_XXS -> new Grid2Quants.Iq2Xxs();
      case IQ2_XS -> new Grid2Quants.Iq2Xs();
      case IQ2_S -> new Grid2Quants.Iq2S();
      case IQ3_XXS -> new Grid3Quants.Iq3Xxs();
      case IQ3_S -> new Grid3Quants.Iq3S();
      case IQ4_NL -> new TableQuants.Iq4Nl();
      case IQ4_XS -> new TableQuants.Iq4Xs();
      case TQ1_0 -> new TernaryQuants.Tq1();
      case TQ2_0 -> new TernaryQuants.Tq2();
      case MXFP4 -> new TableQuants.MxFp4();
      case NVFP4 -> new TableQuants.NvFp4();
      case F32, F16, BF16, F64, I8, I16, I32, I64, Q8_1, Q8_K, Q1_0, Q2_0 ->
          throw new IllegalArgumentException("no matrix of weights has type " + type);
    };
  }
}
