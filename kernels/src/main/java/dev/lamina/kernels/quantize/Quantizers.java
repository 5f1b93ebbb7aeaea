package dev.lamina.kernels.quantize;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.codebook.Codebooks;

/** The quantiser of each type. */
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
      case IQ4_NL -> {
        TableCodes codes = new TableCodes(Codebooks.iq4nl());
        yield symmetric(type, codes, trials(0.85f, 1.15f, 9), LegacyPacking::q4WithScale);
      }
      case IQ4_XS -> {
        TableCodes codes = new TableCodes(Codebooks.iq4nl());
        yield symmetricSuper(
            type,
            32,
            codes,
            trials(0.85f, 1.15f, 9),
            new UniformCodes(-32, 31),
            SuperBlockPacking::iq4xs);
      }
      case MXFP4 -> new GroupedRows(type, type.blockSize(), new PowerOfTwoBlocks(Codebooks.e2m1()));
      case Q2_K -> affineSuper(type, 16, 3, 15, SuperBlockPacking::q2k);
      case Q3_K ->
          symmetricSuper(
              type,
              16,
              new UniformCodes(-4, 3),
              trials(0.75f, 1.25f, 8),
              new UniformCodes(-32, 31),
              SuperBlockPacking::q3k);
      case Q4_0 ->
          symmetric(
              type, new UniformCodes(-8, 7), trials(0.85f, 1.15f, 10), LegacyPacking::q4WithScale);
      case Q4_1 -> affine(type, 15, LegacyPacking::q4WithMin);
      case Q4_K -> affineSuper(type, 32, 15, 63, SuperBlockPacking::q4k);
      case Q5_0 ->
          symmetric(
              type, new UniformCodes(-16, 15), trials(0.9f, 1.1f, 16), LegacyPacking::q5WithScale);
      case Q5_1 -> affine(type, 31, LegacyPacking::q5WithMin);
      case Q5_K -> affineSuper(type, 32, 31, 63, SuperBlockPacking::q5k);
      case Q6_K ->
          symmetricSuper(
              type,
              16,
              new UniformCodes(-32, 31),
              trials(0.9f, 1.02f, 6),
              new UniformCodes(-128, 127),
              SuperBlockPacking::q6k);
      case Q8_0 ->
          symmetric(type, new UniformCodes(-127, 127), trials(0.96f, 1, 8), LegacyPacking::q8);
      case TQ1_0 -> ternary(type, TernaryPacking::tq1);
      case TQ2_0 -> ternary(type, TernaryPacking::tq2);
      default -> throw new IllegalArgumentException("no quantiser for " + type);
    };
  }

  private static float[] trials(float first, float last, int count) {
    return ScaleSearch.trials(first, last, count);
  }

  private static RowQuantizer symmetric(
      TensorType type, Codes codes, float[] trials, SymmetricBlocks.Writer writer) {
    ScaleSearch search = new ScaleSearch(codes, trials, 2);
    return new GroupedRows(
        type, type.blockSize(), new SymmetricBlocks(codes, search, type.blockBytes(), writer));
  }

  private static RowQuantizer ternary(TensorType type, SymmetricBlocks.Writer writer) {
    return symmetric(type, new UniformCodes(-1, 1), trials(1, 5, 25), writer);
  }

  private static RowQuantizer symmetricSuper(
      TensorType type,
      int groupSize,
      Codes codes,
      float[] trials,
      UniformCodes scaleCodes,
      SuperBlockWriter writer) {
    ScaleSearch search = new ScaleSearch(codes, trials, 2);
    return new GroupedRows(
        type,
        groupSize,
        new SymmetricSuperBlocks(codes, search, scaleCodes, 2, type.blockBytes(), writer));
  }

  private static RowQuantizer affine(TensorType type, int top, AffineBlocks.Writer writer) {
    ScaleMinSearch search = search(top, Float.POSITIVE_INFINITY, trials(-0.6f, 0.6f, 5));
    return new GroupedRows(
        type, type.blockSize(), new AffineBlocks(top, search, type.blockBytes(), writer));
  }

  private static RowQuantizer affineSuper(
      TensorType type, int groupSize, int top, int topInteger, SuperBlockWriter writer) {
    ScaleMinSearch search = search(top, 0, trials(-0.4f, 0.8f, 5));
    return new GroupedRows(
        type,
        groupSize,
        new AffineSuperBlocks(top, search, topInteger, 2, type.blockBytes(), writer));
  }

  private static ScaleMinSearch search(int top, float greatestMin, float[] ends) {
    return new ScaleMinSearch(top, greatestMin, ends, ends, 2);
  }
}
