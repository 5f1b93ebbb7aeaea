package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.sampling.SamplerType;
import dev.lamina.engine.sampling.SamplingOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options for choosing the next token. An option that is not given is null here, because the model
 * file may recommend a value.
 */
final class SamplingFlags implements OptionHolder {
  private static final Pattern BIAS = Pattern.compile("(\\d{1,9})([+-])([0-9.eE]+|inf)");

  /** -1 as an unsigned number, which means the same. */
  private static final long RANDOM_SEED = 0xFFFF_FFFFL;

  private long seed;
  private String samplers;
  private String samplerLetters;
  private Float temperature;
  private Integer topK;
  private Float topP;
  private Float minP;
  private Float topNSigma;
  private Float typicalP;
  private Integer repeatLastN;
  private Float repeatPenalty;
  private Float presencePenalty;
  private Float frequencyPenalty;
  private List<String> logitBias = new ArrayList<>();
  private MoreSamplingFlags more = new MoreSamplingFlags();

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("-s", "--seed")
            .paramLabel("N")
            .defaultValue("-1")
            .description(
                "seed of the random numbers; -1: a random one (default: ${DEFAULT-VALUE})"),
        long.class,
        value -> seed = value);
    options.add(
        OptionSpec.builder("--samplers")
            .paramLabel("NAMES")
            .description(
                "the steps in their order, separated by ; (default: penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature)"),
        String.class,
        value -> samplers = value);
    options.add(
        OptionSpec.builder("--sampler-seq", "--sampling-seq")
            .paramLabel("LETTERS")
            .description("the steps in their order, a letter each (default: edskypmxt)"),
        String.class,
        value -> samplerLetters = value);
    options.add(
        OptionSpec.builder("--temp", "--temperature")
            .paramLabel("N")
            .description("temperature; 0: always the likeliest token (default: 0.8)"),
        Float.class,
        value -> temperature = value);
    options.add(
        OptionSpec.builder("--top-k")
            .paramLabel("N")
            .description("choose among the N likeliest; 0: all (default: 40)"),
        Integer.class,
        value -> topK = value);
    options.add(
        OptionSpec.builder("--top-p")
            .paramLabel("N")
            .description(
                "choose among the likeliest that together have this probability; 1: all (default: 0.95)"),
        Float.class,
        value -> topP = value);
    options.add(
        OptionSpec.builder("--min-p")
            .paramLabel("N")
            .description(
                "drop tokens less likely than this times the likeliest; 0: none (default: 0.05)"),
        Float.class,
        value -> minP = value);
    options.add(
        OptionSpec.builder("--top-nsigma", "--top-n-sigma")
            .paramLabel("N")
            .description(
                "drop tokens whose logit is more than N standard deviations below the highest; -1: none (default: -1)"),
        Float.class,
        value -> topNSigma = value);
    options.add(
        OptionSpec.builder("--typical", "--typical-p")
            .paramLabel("N")
            .description("locally typical sampling; 1: off (default: 1)"),
        Float.class,
        value -> typicalP = value);
    options.add(
        OptionSpec.builder("--repeat-last-n")
            .paramLabel("N")
            .description(
                "tokens that the penalties look back at; 0: none, -1: the whole context (default: 64)"),
        Integer.class,
        value -> repeatLastN = value);
    options.add(
        OptionSpec.builder("--repeat-penalty")
            .paramLabel("N")
            .description("penalty of tokens that occurred; 1: off (default: 1)"),
        Float.class,
        value -> repeatPenalty = value);
    options.add(
        OptionSpec.builder("--presence-penalty")
            .paramLabel("N")
            .description("taken off tokens that occurred; 0: off (default: 0)"),
        Float.class,
        value -> presencePenalty = value);
    options.add(
        OptionSpec.builder("--frequency-penalty")
            .paramLabel("N")
            .description("taken off tokens for each time they occurred; 0: off (default: 0)"),
        Float.class,
        value -> frequencyPenalty = value);
    options.addList(
        OptionSpec.builder("-l", "--logit-bias")
            .paramLabel("ID(+/-)BIAS")
            .description("make a token likelier or less likely: 15043+1, 15043-1, 15043-inf"),
        String.class,
        value -> logitBias = value);
    options.group(more);
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if an option is out of range; the message names it
   */
  void check() {
    options(SamplingOptions.defaults(), true, _ -> {});
  }

  /**
   * The sampling options.
   *
   * @param defaults values of options that are not given
   * @param escape whether texts in options have escapes such as {@code \n}
   * @param warnings takes a line for each name of a sampler that is left out
   * @throws IllegalArgumentException if an option is out of range; the message names it
   */
  SamplingOptions options(SamplingOptions defaults, boolean escape, Consumer<String> warnings) {
    Map<Integer, Float> biases = new HashMap<>();
    logitBias.forEach(text -> addBias(biases, text));
    SamplingOptions.Filters filters = defaults.filters();
    SamplingOptions.Penalties penalties = defaults.penalties();
    SamplingOptions own =
        defaults
            .withSamplers(samplers(defaults, warnings))
            .withTemperature(or(temperature, defaults.temperature().value()))
            .with(
                new SamplingOptions.Filters(
                    or(topK, filters.topK()),
                    or(topP, filters.topP()),
                    or(minP, filters.minP()),
                    or(typicalP, filters.typicalP()),
                    or(topNSigma, filters.topNSigma())))
            .with(
                new SamplingOptions.Penalties(
                    or(repeatPenalty, penalties.repeat()),
                    or(frequencyPenalty, penalties.frequency()),
                    or(presencePenalty, penalties.presence()),
                    or(repeatLastN, penalties.lastN())))
            .withSeed(seed == -1 || seed == RANDOM_SEED ? null : (Long) seed)
            .withLogitBias(biases);
    return more.options(own, escape);
  }

  private List<SamplerType> samplers(SamplingOptions defaults, Consumer<String> warnings) {
    if (samplers != null) {
      return SamplerType.parseNames(samplers, warnings);
    }
    return samplerLetters != null
        ? SamplerType.parseLetters(samplerLetters, warnings)
        : defaults.samplers();
  }

  static <T> T or(T value, T orElse) {
    return value == null ? orElse : value;
  }

  private static void addBias(Map<Integer, Float> biases, String text) {
    Matcher matcher = BIAS.matcher(text);
    if (!matcher.matches()) {
      throw badBias(text);
    }
    try {
      String number = matcher.group(3);
      float amount = number.equals("inf") ? Float.POSITIVE_INFINITY : Float.parseFloat(number);
      biases.put(
          Integer.valueOf(matcher.group(1)), matcher.group(2).equals("-") ? -amount : amount);
    } catch (NumberFormatException e) {
      throw badBias(text);
    }
  }

  private static IllegalArgumentException badBias(String text) {
    return new IllegalArgumentException(
        "logit bias \"" + text + "\", expected a token id, + or -, and a number, as in 15043+1");
  }
}
