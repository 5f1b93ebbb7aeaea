package dev.lamina.bench.synthetic;

import dev.lamina.quantize.ModelTraits;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The dimensions of a published model, as in its config.json.
 *
 * @param architecture GGUF's {@code general.architecture}
 * @param hidden width of the residual stream
 * @param headDim width of one query, key or value head
 * @param ffn width of the gated feed-forward layer
 * @param tied the output matrix is the token embedding
 * @param ropeFactor Llama 3's context extension; 0: none
 */
public record ModelShape(
    String name,
    String architecture,
    int nLayers,
    int hidden,
    int nHeads,
    int nKvHeads,
    int headDim,
    int ffn,
    int nVocab,
    boolean tied,
    int contextLength,
    float ropeTheta,
    float rmsNormEps,
    float ropeFactor) {

  private static final List<ModelShape> ALL =
      List.of(
          qwen2("qwen2.5-0.5b", 24, 896, 14, 2, 64, 4864, 151936, true),
          qwen2("qwen2.5-1.5b", 28, 1536, 12, 2, 128, 8960, 151936, true),
          qwen2("qwen2.5-3b", 36, 2048, 16, 2, 128, 11008, 151936, true),
          qwen2("qwen2.5-7b", 28, 3584, 28, 4, 128, 18944, 152064, false),
          llama("llama-3.2-1b", 16, 2048, 32, 8, 64, 8192, true, 32),
          llama("llama-3.2-3b", 28, 3072, 24, 8, 128, 8192, true, 32),
          llama("llama-3.1-8b", 32, 4096, 32, 8, 128, 14336, false, 8),
          qwen3("qwen3-0.6b", 28, 1024, 16, 8, 3072, true),
          qwen3("qwen3-1.7b", 28, 2048, 16, 8, 6144, true),
          qwen3("qwen3-4b", 36, 2560, 32, 8, 9728, true),
          qwen3("qwen3-8b", 36, 4096, 32, 8, 12288, false));

  /** All known shapes. */
  public static List<ModelShape> all() {
    return ALL;
  }

  /**
   * @param name in upper or lower case; hyphens do not matter, since publishers differ in them
   * @throws IllegalArgumentException if there is no shape of that name; the message lists them
   */
  public static ModelShape of(String name) {
    String wanted = bare(name);
    return ALL.stream()
        .filter(shape -> bare(shape.name).equals(wanted))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no model shape '"
                    + name
                    + "'; there are "
                    + ALL.stream().map(ModelShape::name).collect(Collectors.joining(", "))));
  }

  private static String bare(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "");
  }

  /** The same shape cut to some number of layers, for quick tests. */
  public ModelShape withLayers(int layers) {
    return new ModelShape(
        name,
        architecture,
        layers,
        hidden,
        nHeads,
        nKvHeads,
        headDim,
        ffn,
        nVocab,
        tied,
        contextLength,
        ropeTheta,
        rmsNormEps,
        ropeFactor);
  }

  /** What decides the types of its matrices. */
  ModelTraits traits(boolean importance) {
    return new ModelTraits(architecture, nLayers, nHeads / nKvHeads, 0, tied, importance);
  }

  private static ModelShape qwen2(
      String name,
      int nLayers,
      int hidden,
      int nHeads,
      int nKvHeads,
      int headDim,
      int ffn,
      int nVocab,
      boolean tied) {
    return new ModelShape(
        name, "qwen2", nLayers, hidden, nHeads, nKvHeads, headDim, ffn, nVocab, tied, 32768, 1e6f,
        1e-6f, 0);
  }

  private static ModelShape llama(
      String name,
      int nLayers,
      int hidden,
      int nHeads,
      int nKvHeads,
      int headDim,
      int ffn,
      boolean tied,
      float ropeFactor) {
    return new ModelShape(
        name,
        "llama",
        nLayers,
        hidden,
        nHeads,
        nKvHeads,
        headDim,
        ffn,
        128256,
        tied,
        131072,
        5e5f,
        1e-5f,
        ropeFactor);
  }

  private static ModelShape qwen3(
      String name, int nLayers, int hidden, int nHeads, int nKvHeads, int ffn, boolean tied) {
    return new ModelShape(
        name, "qwen3", nLayers, hidden, nHeads, nKvHeads, 128, ffn, 151936, tied, 40960, 1e6f,
        1e-6f, 0);
  }
}
