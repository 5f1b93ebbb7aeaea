package dev.lamina.engine.model;

import dev.lamina.engine.model.arch.Llama;
import dev.lamina.engine.model.arch.Qwen2;
import dev.lamina.engine.model.arch.Qwen3;
import java.util.List;
import java.util.Optional;

/** The registry of architectures, one line for each. */
public final class Architectures {
  private static final List<Architecture> ALL = List.of(new Llama(), new Qwen2(), new Qwen3());

  private Architectures() {}

  /** Names of all architectures that can be run. */
  public static List<String> names() {
    return ALL.stream().map(Architecture::name).toList();
  }

  public static Optional<Architecture> byName(String name) {
    return ALL.stream().filter(a -> a.name().equals(name)).findFirst();
  }
}
