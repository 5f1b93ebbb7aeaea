package dev.lamina.kernels.quantize;

import static dev.lamina.kernels.quantize.ScaleSearch.trials;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.codebook.Codebooks;

/**
 * Quantizers of types with scales per group in units of a scale of the block: the searches and how
 * wide they are.
 */
final class KQuants {
  private static final float[] LINE_ENDS = trials(-0.4f, 0.8f, 5);
  private static final int REFINEMENTS = 2;
  private static final int ROUNDS = 2;

  private KQuants() {}

  static RowQuantizer q2k() {
    return affine(TensorType.Q2_K, 16, 3, 15, trials(-0.3f, 0.6f, 4), SuperBlockPacking::q2k);
  }

  static RowQuantizer q3k() {
    Codes codes = new UniformCodes(-4, 3);
    UniformCodes scales = new UniformCodes(-32, 31);
    float[] trials = trials(0.75f, 1.25f, 8);
    return symmetric(TensorType.Q3_K, 16, codes, trials, scales, SuperBlockPacking::q3k);
  }

  static RowQuantizer q4k() {
    return affine(TensorType.Q4_K, 32, 15, 63, LINE_ENDS, SuperBlockPacking::q4k);
  }

  static RowQuantizer q5k() {
    return affine(TensorType.Q5_K, 32, 31, 63, LINE_ENDS, SuperBlockPacking::q5k);
  }

  static RowQuantizer q6k() {
    Codes codes = new UniformCodes(-32, 31);
    UniformCodes scales = new UniformCodes(-128, 127);
    float[] trials = trials(0.9f, 1.02f, 6);
    return symmetric(TensorType.Q6_K, 16, codes, trials, scales, SuperBlockPacking::q6k);
  }

  static RowQuantizer iq4xs() {
    Codes codes = new TableCodes(Codebooks.iq4nl());
    UniformCodes scales = new UniformCodes(-32, 31);
    float[] trials = trials(0.85f, 1.15f, 9);
    return symmetric(TensorType.IQ4_XS, 32, codes, trials, scales, SuperBlockPacking::iq4xs);
  }

  private static RowQuantizer symmetric(
      TensorType type,
      int groupSize,
      Codes codes,
      float[] trials,
      UniformCodes scales,
      SuperBlockWriter writer) {
    ScaleSearch search = new ScaleSearch(codes, trials, REFINEMENTS);
    return new GroupedRows(
        type,
        groupSize,
        new SymmetricSuperBlocks(codes, search, scales, ROUNDS, type.blockBytes(), writer));
  }

  private static RowQuantizer affine(
      TensorType type,
      int groupSize,
      int top,
      int topInteger,
      float[] ends,
      SuperBlockWriter writer) {
    ScaleMinSearch search = new ScaleMinSearch(top, 0, ends, ends, REFINEMENTS);
    return new GroupedRows(
        type,
        groupSize,
        new AffineSuperBlocks(top, search, topInteger, ROUNDS, type.blockBytes(), writer));
  }
}
