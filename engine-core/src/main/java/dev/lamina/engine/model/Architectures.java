package dev.lamina.engine.model;

import dev.lamina.engine.model.RopeConfig.Pairing;
import dev.lamina.engine.model.arch.Decoder;
import java.util.List;
import java.util.Optional;

/** The registry of architectures, one line for each. */
public final class Architectures {
  private static final List<Architecture> ALL =
      List.of(
          // Llama 1 to 3 and models of that shape (arXiv 2302.13971, 2407.21783). Its files store q
          // and k for paired RoPE.
          new Decoder("llama", Pairing.INTERLEAVED, false),
          // Qwen 2 and 2.5 (arXiv 2407.10671). Projections to q, k and v have biases.
          new Decoder("qwen2", Pairing.HALVES, false),
          // Qwen3 dense models (arXiv 2505.09388).
          new Decoder("qwen3", Pairing.HALVES, true));

  private Architectures() {}

  /** Names of all architectures that can be run. */
  public static List<String> names() {
    return ALL.stream().map(Architecture::name).toList();
  }

  public static Optional<Architecture> byName(String name) {
    return ALL.stream().filter(a -> a.name().equals(name)).findFirst();
  }
}
