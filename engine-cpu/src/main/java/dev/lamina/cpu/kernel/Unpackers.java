package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.codebook.Codebooks;

/** The unpackers of the quantized types. Most of them use the Vector API. */
final class Unpackers {
  /** Those of {@link #ofIndices}, once they were needed; threads may make one twice. */
  private static final Unpacker[] INDICES = new Unpacker[TensorType.values().length];

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
      case IQ1_S -> new Grid1Quants.Iq1S(Grid1Quants.Shifted.ofCodes());
      case IQ1_M -> new Grid1Quants.Iq1M(Grid1Quants.Shifted.ofCodes());
      case IQ2_XXS -> new Grid2Quants.Iq2Xxs(Grid.codes(Codebooks.iq2xxs()));
      case IQ2_XS -> new Grid2Quants.Iq2Xs(Grid.codes(Codebooks.iq2xs()));
      case IQ2_S -> new Grid2Quants.Iq2S(Grid.codes(Codebooks.iq2s()));
      case IQ3_XXS -> new Grid3Quants.Iq3Xxs(Grid.codes(Codebooks.iq3xxs()));
      case IQ3_S -> new Grid3Quants.Iq3S(Grid.codes(Codebooks.iq3s()));
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

  /**
   * An unpacker that writes indices of a packing instead of codes, in the order of {@link
   * IndexPacker#twoFours}; null if the type has none.
   */
  static Unpacker ofIndices(TensorType type) {
    Unpacker unpacker = INDICES[type.ordinal()];
    if (unpacker == null) {
      unpacker = indices(type);
      INDICES[type.ordinal()] = unpacker;
    }
    return unpacker;
  }

  private static Unpacker indices(TensorType type) {
    return switch (type) {
      case IQ1_S -> new Grid1Quants.Iq1S(Grid1Quants.Shifted.ofIndices());
      case IQ1_M -> new Grid1Quants.Iq1M(Grid1Quants.Shifted.ofIndices());
      case IQ2_XXS -> new Grid2Quants.Iq2Xxs(grid(type, Grid.codes(Codebooks.iq2xxs())));
      case IQ2_XS -> new Grid2Quants.Iq2Xs(grid(type, Grid.codes(Codebooks.iq2xs())));
      case IQ2_S -> new Grid2Quants.Iq2S(grid(type, Grid.codes(Codebooks.iq2s())));
      case IQ3_XXS -> new Grid3Quants.Iq3Xxs(grid(type, Grid.codes(Codebooks.iq3xxs())));
      case IQ3_S -> new Grid3Quants.Iq3S(grid(type, Grid.codes(Codebooks.iq3s())));
      default -> null;
    };
  }

  private static Grid grid(TensorType type, Grid codes) {
    return codes.toIndices(Packing.of(type, false));
  }
}
