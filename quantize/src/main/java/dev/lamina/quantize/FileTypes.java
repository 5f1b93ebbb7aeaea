package dev.lamina.quantize;

import static dev.lamina.kernels.TensorType.IQ2_S;
import static dev.lamina.kernels.TensorType.IQ2_XS;
import static dev.lamina.kernels.TensorType.IQ2_XXS;
import static dev.lamina.kernels.TensorType.IQ3_S;
import static dev.lamina.kernels.TensorType.IQ3_XXS;
import static dev.lamina.kernels.TensorType.MXFP4;
import static dev.lamina.kernels.TensorType.Q2_K;
import static dev.lamina.kernels.TensorType.Q3_K;
import static dev.lamina.kernels.TensorType.Q4_K;
import static dev.lamina.kernels.TensorType.Q5_K;
import static dev.lamina.kernels.TensorType.Q6_K;
import static dev.lamina.kernels.TensorType.Q8_0;
import static dev.lamina.quantize.LayerRule.always;
import static dev.lamina.quantize.LayerRule.ends;
import static dev.lamina.quantize.LayerRule.endsAndThirds;
import static dev.lamina.quantize.LayerRule.firstLayers;
import static dev.lamina.quantize.LayerRule.firstPart;
import static dev.lamina.quantize.LayerRule.ifImportance;
import static dev.lamina.quantize.LayerRule.ifShared;
import static dev.lamina.quantize.LayerRule.ifSharedOrExperts;
import static dev.lamina.quantize.Role.ATTN_K;
import static dev.lamina.quantize.Role.ATTN_OUTPUT;
import static dev.lamina.quantize.Role.ATTN_Q;
import static dev.lamina.quantize.Role.ATTN_V;
import static dev.lamina.quantize.Role.FFN_DOWN;
import static dev.lamina.quantize.Role.FFN_GATE;
import static dev.lamina.quantize.Role.FFN_UP;
import static dev.lamina.quantize.Role.TOKEN_EMBEDDING;

import dev.lamina.kernels.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** llama.cpp's file types by the types that its quantizer gives to matrices. */
final class FileTypes {
  /** {@code general.file_type} of NVFP4, which the quantizer does not make. */
  private static final int NVFP4_ID = 39;

  private static final List<FileType> MIXES =
      Stream.of(floats(), legacy(), kQuants(), iQuants(), fewBits()).flatMap(List::stream).toList();

  private FileTypes() {}

  /** The mixes, then one pure type for each tensor type that holds weights. */
  static Stream<FileType> all() {
    return Stream.concat(
        MIXES.stream(),
        Arrays.stream(TensorType.values())
            .filter(TensorType::holdsWeights)
            .map(type -> FileType.pure(type, idOfPure(type))));
  }

  /** The id of the mix that is built on the type and nearest to it, the smallest. */
  private static int idOfPure(TensorType type) {
    if (type == TensorType.NVFP4) {
      return NVFP4_ID;
    }
    return MIXES.stream()
        .filter(mix -> mix.name().equals(type.name()) || mix.name().equals(type + "_S"))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private static List<FileType> floats() {
    return List.of(
        even("F32", 0, TensorType.F32, TensorType.F32),
        even("F16", 1, TensorType.F16, TensorType.F16),
        even("BF16", 32, TensorType.BF16, TensorType.BF16));
  }

  private static List<FileType> legacy() {
    return List.of(
        mix("Q4_0", 2, TensorType.Q4_0, Q6_K)
            .with(FFN_DOWN, firstPartIfImportance(TensorType.Q4_1, TensorType.Q4_0))
            .build(),
        even("Q4_1", 3, TensorType.Q4_1, Q6_K),
        mix("Q5_0", 8, TensorType.Q5_0, Q6_K)
            .with(FFN_DOWN, firstPartIfImportance(TensorType.Q5_1, TensorType.Q5_0))
            .build(),
        even("Q5_1", 9, TensorType.Q5_1, Q6_K),
        even("Q8_0", 7, Q8_0, Q8_0));
  }

  private static List<FileType> kQuants() {
    return List.of(
        mix("Q2_K", 10, Q2_K, Q6_K)
            .with(ATTN_V, ifShared(Q4_K, Q3_K))
            .with(ATTN_OUTPUT, always(Q3_K))
            .with(FFN_DOWN, always(Q3_K))
            .withEightExperts(ATTN_OUTPUT, always(Q5_K))
            .build(),
        mix("Q2_K_S", 21, Q2_K, Q6_K)
            .with(ATTN_V, ifShared(Q4_K, Q2_K))
            .with(FFN_DOWN, firstPart(8, Q4_K, Q2_K))
            .build(),
        mix("Q3_K_S", 11, Q3_K, Q6_K).withEightExperts(ATTN_OUTPUT, always(Q5_K)).build(),
        mix("Q3_K_M", 12, Q3_K, Q6_K)
            .with(ATTN_V, firstLayers(2, Q5_K, Q4_K))
            .with(ATTN_OUTPUT, always(Q4_K))
            .with(FFN_DOWN, firstPart(16, Q5_K, Q4_K))
            .withEightExperts(ATTN_OUTPUT, always(Q5_K))
            .withFalcon(FFN_DOWN, firstPart(16, always(Q5_K), endsAndThirds(Q4_K, Q3_K)))
            .build(),
        mix("Q3_K_L", 13, Q3_K, Q6_K)
            .with(ATTN_V, always(Q5_K))
            .with(ATTN_OUTPUT, always(Q5_K))
            .with(FFN_DOWN, always(Q5_K))
            .withFalcon(ATTN_OUTPUT, always(Q4_K))
            .withFalcon(FFN_DOWN, always(Q4_K))
            .build(),
        mix("Q4_K_S", 14, Q4_K, Q6_K)
            .with(ATTN_V, firstLayers(4, Q5_K, Q4_K))
            .with(FFN_DOWN, firstPart(8, Q5_K, Q4_K))
            .withEightExperts(ATTN_OUTPUT, always(Q5_K))
            .withFalcon(FFN_DOWN, always(Q4_K))
            .build(),
        mix("Q4_K_M", 15, Q4_K, Q6_K)
            .with(ATTN_V, endsAndThirds(Q6_K, Q4_K))
            .with(FFN_DOWN, endsAndThirds(Q6_K, Q4_K))
            .withEightExperts(ATTN_OUTPUT, always(Q5_K))
            .withFalcon(FFN_DOWN, firstPart(16, always(Q6_K), endsAndThirds(Q5_K, Q4_K)))
            .build(),
        even("Q5_K_S", 16, Q5_K, Q6_K),
        mix("Q5_K_M", 17, Q5_K, Q6_K)
            .with(ATTN_V, endsAndThirds(Q6_K, Q5_K))
            .with(FFN_DOWN, endsAndThirds(Q6_K, Q5_K))
            .build(),
        even("Q6_K", 18, Q6_K, Q6_K));
  }

  private static List<FileType> iQuants() {
    return List.of(
        oneOrTwoBits("IQ1_S", 24, TensorType.IQ1_S).with(ATTN_OUTPUT, always(IQ2_XXS)).build(),
        oneOrTwoBits("IQ1_M", 31, TensorType.IQ1_M).with(ATTN_OUTPUT, always(IQ2_XXS)).build(),
        oneOrTwoBits("IQ2_XXS", 19, IQ2_XXS).build(),
        oneOrTwoBits("IQ2_XS", 20, IQ2_XS).build(),
        moreThanTwoBits("IQ2_S", 28, IQ2_XS),
        moreThanTwoBits("IQ2_M", 29, IQ2_S),
        mix("IQ3_XXS", 23, IQ3_XXS, Q5_K)
            .with(TOKEN_EMBEDDING, always(IQ3_S))
            .with(ATTN_Q, always(IQ2_S))
            .with(ATTN_K, always(IQ2_S))
            .with(ATTN_V, ifShared(always(Q4_K), ifImportance(always(IQ3_XXS), always(IQ3_S))))
            .with(ATTN_OUTPUT, always(IQ3_S))
            .with(FFN_DOWN, ifImportance(always(IQ3_XXS), firstPart(8, Q4_K, Q3_K)))
            .withEightExperts(ATTN_OUTPUT, always(Q5_K))
            .build(),
        mix("IQ3_XS", 22, IQ3_S, Q6_K)
            .with(ATTN_Q, always(IQ3_XXS))
            .with(ATTN_K, always(IQ3_XXS))
            .with(ATTN_V, ifShared(Q4_K, IQ3_S))
            .with(FFN_GATE, ends(IQ3_S, IQ3_XXS))
            .with(FFN_UP, ends(IQ3_S, IQ3_XXS))
            .withEightExperts(ATTN_OUTPUT, always(Q5_K))
            .build(),
        mix("IQ3_S", 26, IQ3_S, Q6_K)
            .with(ATTN_V, ifShared(Q4_K, IQ3_S))
            .withEightExperts(ATTN_OUTPUT, always(Q5_K))
            .build(),
        mix("IQ3_M", 27, IQ3_S, Q6_K)
            .with(ATTN_V, always(Q4_K))
            .with(ATTN_OUTPUT, always(Q4_K))
            .with(FFN_DOWN, firstPart(8, Q4_K, IQ3_S))
            .withEightExperts(ATTN_OUTPUT, always(Q5_K))
            .withEightExperts(FFN_DOWN, endsAndThirds(Q4_K, IQ3_S))
            .build(),
        fourBits("IQ4_NL", 25, TensorType.IQ4_NL),
        fourBits("IQ4_XS", 30, TensorType.IQ4_XS));
  }

  private static List<FileType> fewBits() {
    return List.of(
        even("Q1_0", 40, TensorType.Q1_0, Q6_K),
        mix("Q2_0", 41, TensorType.Q2_0, Q6_K).with(TOKEN_EMBEDDING, always(Q4_K)).build(),
        mix("TQ1_0", 36, TensorType.TQ1_0, Q6_K).with(TOKEN_EMBEDDING, always(Q4_K)).build(),
        mix("TQ2_0", 37, TensorType.TQ2_0, Q6_K).with(TOKEN_EMBEDDING, always(Q4_K)).build(),
        Mix.ofExperts("MXFP4_MOE", 38, MXFP4, Q8_0).build(),
        // For synthetic models without experts: the feed-forward layer stands for them.
        mix("MXFP4", 38, Q8_0, Q8_0)
            .with(FFN_GATE, always(MXFP4))
            .with(FFN_UP, always(MXFP4))
            .with(FFN_DOWN, always(MXFP4))
            .build());
  }

  private static Mix oneOrTwoBits(String name, int id, TensorType base) {
    return Mix.ofTwoBits(name, id, base, Q5_K)
        .with(TOKEN_EMBEDDING, always(Q2_K))
        .with(ATTN_V, ifSharedOrExperts(Q4_K, Q2_K))
        .with(FFN_DOWN, firstPart(8, Q2_K, base));
  }

  private static FileType moreThanTwoBits(String name, int id, TensorType base) {
    return Mix.ofTwoBits(name, id, base, Q5_K)
        .with(TOKEN_EMBEDDING, always(IQ3_S))
        .with(ATTN_V, ifSharedOrExperts(Q4_K, IQ3_S))
        .with(ATTN_OUTPUT, always(IQ3_S))
        .with(FFN_DOWN, firstPart(8, IQ3_S, base))
        .build();
  }

  private static FileType fourBits(String name, int id, TensorType base) {
    return mix(name, id, base, Q6_K)
        .with(ATTN_V, ifShared(Q5_K, base))
        .with(FFN_DOWN, ifImportance(always(base), firstPart(8, Q5_K, base)))
        .withEightExperts(ATTN_OUTPUT, always(Q5_K))
        .build();
  }

  /** The types with a minimum do badly there without an importance matrix. */
  private static LayerRule firstPartIfImportance(TensorType first, TensorType base) {
    return ifImportance(firstPart(8, first, base), always(base));
  }

  /** One type for all matrices but the output. */
  private static FileType even(String name, int id, TensorType base, TensorType output) {
    return mix(name, id, base, output).build();
  }

  private static Mix mix(String name, int id, TensorType base, TensorType output) {
    return Mix.of(name, id, base, output);
  }
}
