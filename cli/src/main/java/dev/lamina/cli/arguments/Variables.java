package dev.lamina.cli.arguments;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads options from environment variables, as llama.cpp reads {@code LLAMA_ARG_...}. */
final class Variables {
  private final KnownOptions known;
  private final Map<String, String> environment;

  Variables(KnownOptions known, Map<String, String> environment) {
    this.known = known;
    this.environment = environment;
  }

  /**
   * The options from the environment.
   *
   * @param given options on the command line, which take precedence
   * @throws ArgumentException if a switch is neither on nor off
   */
  List<Use> defaults(List<Use> given) {
    Set<Object> keys = new HashSet<>();
    given.forEach(use -> keys.add(use.option().key()));
    List<Use> defaults = new ArrayList<>();
    for (LlamaOption option : known.llama().all()) {
      Use use = option.variable().isEmpty() ? null : use(option);
      if (use != null && !keys.contains(use.option().key())) {
        defaults.add(use);
      }
    }
    return defaults;
  }

  /** The option from its variable; null if no variable sets it. */
  private Use use(LlamaOption option) {
    String opposite = option.oppositeVariable();
    if (!opposite.isEmpty() && environment.containsKey(opposite)) {
      return use(opposite, option.opposites().getFirst(), List.of());
    }
    String variable = option.variable();
    String value = environment.get(variable);
    if (value == null) {
      return null;
    }
    if (!option.isFlag()) {
      return use(variable, option.names().getFirst(), List.of(value));
    }
    Boolean wanted = Switches.of(value);
    if (wanted == null) {
      throw new ArgumentException(
          "the environment variable %s is '%s', expected on or off".formatted(variable, value));
    }
    if (!wanted && option.opposites().isEmpty()) {
      return null;
    }
    return use(variable, (wanted ? option.names() : option.opposites()).getFirst(), List.of());
  }

  private Use use(String variable, String name, List<String> values) {
    return new Use(variable, known.find(name), values);
  }
}
