package dev.lamina.kernels.quantize;

import static dev.lamina.kernels.quantize.ScaleSearch.trials;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.codebook.Codebooks;

/** Quantizers of types with one scale per block: the searches and how wide they are. */
final class SmallBlocks {
  private static final float[] LINE_ENDS = trials(-0.6f, 0.6f, 5);

  private static final int REFINEMENTS = 2;

  private SmallBlocks() {}

  /** The codes are the signs, whatever the scale. */
  static RowQuantizer q1() {
    Codes signs = new TableCodes(new byte[] {-1, 1});
    return symmetric(TensorType.Q1_0, signs, trials(1, 1, 1), FewBitsPacking::q1);
  }

  static RowQuantizer q2() {
    return symmetric(
        TensorType.Q2_0, new UniformCodes(-1, 2), trials(0.6f, 2, 16), FewBitsPacking::q2);
  }

  static RowQuantizer q4WithScale() {
    Codes codes = new UniformCodes(-8, 7);
    return symmetric(TensorType.Q4_0, codes, trials(0.85f, 1.15f, 10), LegacyPacking::q4WithScale);
  }

  static RowQuantizer q4WithMin() {
    return affine(TensorType.Q4_1, 15, LegacyPacking::q4WithMin);
  }

  static RowQuantizer q5WithScale() {
    Codes codes = new UniformCodes(-16, 15);
    return symmetric(TensorType.Q5_0, codes, trials(0.9f, 1.1f, 16), LegacyPacking::q5WithScale);
  }

  static RowQuantizer q5WithMin() {
    return affine(TensorType.Q5_1, 31, LegacyPacking::q5WithMin);
  }

  static RowQuantizer q8() {
    Codes codes = new UniformCodes(-127, 127);
    return symmetric(TensorType.Q8_0, codes, trials(0.96f, 1, 8), LegacyPacking::q8);
  }

  static RowQuantizer iq4nl() {
    Codes codes = new TableCodes(Codebooks.iq4nl());
    return symmetric(TensorType.IQ4_NL, codes, trials(0.85f, 1.15f, 9), LegacyPacking::q4WithScale);
  }

  static RowQuantizer mxfp4() {
    return new GroupedRows(
        TensorType.MXFP4, TensorType.MXFP4.blockSize(), new PowerOfTwoBlocks(Codebooks.e2m1()));
  }

  /** TQ1_0 or TQ2_0. The scale of weights that are not ternary is far below the largest. */
  static RowQuantizer ternary(TensorType type, SymmetricBlocks.Writer writer) {
    return symmetric(type, new UniformCodes(-1, 1), trials(1, 5, 25), writer);
  }

  private static RowQuantizer symmetric(
      TensorType type, Codes codes, float[] trials, SymmetricBlocks.Writer writer) {
    ScaleSearch search = new ScaleSearch(codes, trials, REFINEMENTS);
    return new GroupedRows(
        type, type.blockSize(), new SymmetricBlocks(codes, search, type.blockBytes(), writer));
  }

  private static RowQuantizer affine(TensorType type, int top, AffineBlocks.Writer writer) {
    ScaleMinSearch search =
        new ScaleMinSearch(top, Float.POSITIVE_INFINITY, LINE_ENDS, LINE_ENDS, REFINEMENTS);
    return new GroupedRows(
        type, type.blockSize(), new AffineBlocks(top, search, type.blockBytes(), writer));
  }
}
