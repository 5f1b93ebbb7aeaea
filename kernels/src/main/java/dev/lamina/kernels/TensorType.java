package dev.lamina.kernels;

import dev.lamina.kernels.format.BF16;
import dev.lamina.kernels.format.BlockFormat;
import dev.lamina.kernels.format.F16;
import dev.lamina.kernels.format.F32;
import dev.lamina.kernels.format.F64;
import dev.lamina.kernels.format.I16;
import dev.lamina.kernels.format.I32;
import dev.lamina.kernels.format.I64;
import dev.lamina.kernels.format.I8;
import dev.lamina.kernels.format.IQ1_M;
import dev.lamina.kernels.format.IQ1_S;
import dev.lamina.kernels.format.IQ2_S;
import dev.lamina.kernels.format.IQ2_XS;
import dev.lamina.kernels.format.IQ2_XXS;
import dev.lamina.kernels.format.IQ3_S;
import dev.lamina.kernels.format.IQ3_XXS;
import dev.lamina.kernels.format.IQ4_NL;
import dev.lamina.kernels.format.IQ4_XS;
import dev.lamina.kernels.format.MXFP4;
import dev.lamina.kernels.format.NVFP4;
import dev.lamina.kernels.format.Q1_0;
import dev.lamina.kernels.format.Q2_0;
import dev.lamina.kernels.format.Q2_K;
import dev.lamina.kernels.format.Q3_K;
import dev.lamina.kernels.format.Q4_0;
import dev.lamina.kernels.format.Q4_1;
import dev.lamina.kernels.format.Q4_K;
import dev.lamina.kernels.format.Q5_0;
import dev.lamina.kernels.format.Q5_1;
import dev.lamina.kernels.format.Q5_K;
import dev.lamina.kernels.format.Q6_K;
import dev.lamina.kernels.format.Q8_0;
import dev.lamina.kernels.format.Q8_1;
import dev.lamina.kernels.format.Q8_K;
import dev.lamina.kernels.format.TQ1_0;
import dev.lamina.kernels.format.TQ2_0;
import java.util.Optional;

/**
 * The element types of GGUF tensors. Ids, block sizes and byte counts are those of ggml; a block is
 * the smallest run of consecutive elements of one row that can be dequantized by itself.
 */
public enum TensorType {
  F32(0, new F32()),
  F16(1, new F16()),
  Q4_0(2, new Q4_0()),
  Q4_1(3, new Q4_1()),
  Q5_0(6, new Q5_0()),
  Q5_1(7, new Q5_1()),
  Q8_0(8, new Q8_0()),
  Q8_1(9, new Q8_1()),
  Q2_K(10, new Q2_K()),
  Q3_K(11, new Q3_K()),
  Q4_K(12, new Q4_K()),
  Q5_K(13, new Q5_K()),
  Q6_K(14, new Q6_K()),
  Q8_K(15, new Q8_K()),
  IQ2_XXS(16, new IQ2_XXS()),
  IQ2_XS(17, new IQ2_XS()),
  IQ3_XXS(18, new IQ3_XXS()),
  IQ1_S(19, new IQ1_S()),
  IQ4_NL(20, new IQ4_NL()),
  IQ3_S(21, new IQ3_S()),
  IQ2_S(22, new IQ2_S()),
  IQ4_XS(23, new IQ4_XS()),
  I8(24, new I8()),
  I16(25, new I16()),
  I32(26, new I32()),
  I64(27, new I64()),
  F64(28, new F64()),
  IQ1_M(29, new IQ1_M()),
  BF16(30, new BF16()),
  TQ1_0(34, new TQ1_0()),
  TQ2_0(35, new TQ2_0()),
  MXFP4(39, new MXFP4()),
  NVFP4(40, new NVFP4()),
  Q1_0(41, new Q1_0()),
  Q2_0(42, new Q2_0());

  private static final TensorType[] BY_GGUF_ID = inOrderOfIds();

  private final int ggufId;

  // Formats hold no state.
  @SuppressWarnings("ImmutableEnumChecker")
  private final BlockFormat format;

  TensorType(int ggufId, BlockFormat format) {
    this.ggufId = ggufId;
    this.format = format;
  }

  private static TensorType[] inOrderOfIds() {
    int last = 0;
    for (TensorType type : values()) {
      last = Math.max(last, type.ggufId);
    }
    TensorType[] types = new TensorType[last + 1];
    for (TensorType type : values()) {
      types[type.ggufId] = type;
    }
    return types;
  }

  /**
   * The type that a number in a GGUF file stands for; empty for numbers never used, removed from
   * the format (4, 5, 31-33, 36-38) or unknown to this version.
   */
  public static Optional<TensorType> byGgufId(int id) {
    return id < 0 || id >= BY_GGUF_ID.length
        ? Optional.empty()
        : Optional.ofNullable(BY_GGUF_ID[id]);
  }

  /** The number that stands for this type in a GGUF file. */
  public int ggufId() {
    return ggufId;
  }

  /** Layout and reference dequantization. */
  public BlockFormat format() {
    return format;
  }

  /** Elements per block. */
  public int blockSize() {
    return format.blockSize();
  }

  /** Bytes per block. */
  public int blockBytes() {
    return format.blockBytes();
  }

  /**
   * Whether models have weight matrices of this type that are computed with. The others are
   * integers, doubles, the intermediates of matrix products, and types that are only written: what
   * files have in Q1_0 and Q2_0 is read as Q4_0, which holds it exactly.
   */
  public boolean holdsWeights() {
    return switch (this) {
      case I8, I16, I32, I64, F64, Q8_1, Q8_K, Q1_0, Q2_0 -> false;
      default -> true;
    };
  }

  /**
   * Bytes of a run of {@code elements}, which must be a multiple of {@link #blockSize()}.
   *
   * @throws ArithmeticException if the result exceeds a long
   */
  public long bytes(long elements) {
    return Math.multiplyExact(elements / blockSize(), (long) blockBytes());
  }
}
