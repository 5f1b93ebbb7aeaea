package dev.lamina.engine.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The steps that a sampler chain can have, by llama.cpp's names and letters. */
@SuppressWarnings("ImmutableEnumChecker") // the factories have no state
public enum SamplerType {
  PENALTIES('e', "penalties", PenaltiesStep::create),
  DRY('d', "dry", DryStep::create),
  TOP_N_SIGMA('s', "top_n_sigma", TopNSigmaStep::create),
  TOP_K('k', "top_k", TopKStep::create),
  TYPICAL_P('y', "typ_p", TypicalPStep::create, "typical_p", "typical", "typ"),
  TOP_P('p', "top_p", TopPStep::create, "nucleus"),
  MIN_P('m', "min_p", MinPStep::create),
  XTC('x', "xtc", XtcStep::create),
  TEMPERATURE('t', "temperature", TemperatureStep::create, "temp"),
  INFILL('i', "infill", InfillStep::create),
  /** Not a step: where it is in the chain, {@link AdaptiveP} chooses the token at its end. */
  ADAPTIVE_P('a', "adaptive_p", setup -> null);

  private final char letter;
  private final List<String> names;
  private final Function<SamplerSetup, SamplerStep> factory;

  /**
   * @param factory returns null if the options switch the step off
   */
  SamplerType(
      char letter, String name, Function<SamplerSetup, SamplerStep> factory, String... aliases) {
    this.letter = letter;
    this.names = Stream.concat(Stream.of(name), Arrays.stream(aliases)).toList();
    this.factory = factory;
  }

  /** The name in lists of samplers, such as {@code top_k}. */
  public String label() {
    return names.getFirst();
  }

  /** The letter in {@code --sampler-seq}. */
  public char letter() {
    return letter;
  }

  /** Makes the step; null if the options switch it off. */
  SamplerStep create(SamplerSetup setup) {
    return factory.apply(setup);
  }

  /** llama.cpp's default chain. */
  public static List<SamplerType> defaultChain() {
    return List.of(PENALTIES, DRY, TOP_N_SIGMA, TOP_K, TYPICAL_P, TOP_P, MIN_P, XTC, TEMPERATURE);
  }

  /** The type of a name or an alias; dashes equal underscores, and case does not matter. */
  public static Optional<SamplerType> named(String name) {
    String plain = name.strip().toLowerCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(values()).filter(type -> type.names.contains(plain)).findFirst();
  }

  /**
   * Reads names separated by semicolons. Unknown ones are left out, as llama.cpp does: its list
   * changes from version to version.
   *
   * @param warnings takes a line for each name that is left out
   */
  public static List<SamplerType> parseNames(String names, Consumer<String> warnings) {
    List<SamplerType> chain = new ArrayList<>();
    for (String name : names.split(";")) {
      Optional<SamplerType> type = named(name);
      type.ifPresent(chain::add);
      if (type.isEmpty() && !name.isBlank()) {
        warnings.accept(
            "there is no sampler \"%s\", it is left out; there are %s"
                .formatted(name.strip(), labels()));
      }
    }
    return List.copyOf(chain);
  }

  /**
   * Reads letters, such as {@code kpmt}. Unknown ones are left out.
   *
   * @param warnings takes a line for each letter that is left out
   */
  public static List<SamplerType> parseLetters(String letters, Consumer<String> warnings) {
    List<SamplerType> chain = new ArrayList<>();
    letters
        .codePoints()
        .forEach(c -> {
          Optional<SamplerType> type =
              Arrays.stream(values()).filter(t -> t.letter == c).findFirst();
          type.ifPresent(chain::add);
          if (type.isEmpty()) {
            warnings.accept(
                "no sampler has the letter '%s', it is left out; there are %s"
                    .formatted(Character.toString(c), letters()));
          }
        });
    return List.copyOf(chain);
  }

  private static String labels() {
    return Arrays.stream(values()).map(SamplerType::label).collect(Collectors.joining(", "));
  }

  private static String letters() {
    return Arrays.stream(values())
        .map(type -> type.letter + " (" + type.label() + ")")
        .collect(Collectors.joining(", "));
  }
}
