package dev.lamina.cli;

import static dev.lamina.cli.SamplingFlags.or;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.sampling.SamplingOptions.Adaptive;
import dev.lamina.engine.sampling.SamplingOptions.Dry;
import dev.lamina.engine.sampling.SamplingOptions.Mirostat;
import dev.lamina.engine.sampling.SamplingOptions.Temperature;
import dev.lamina.engine.sampling.SamplingOptions.Xtc;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** The options of samplers that are off by default. */
final class MoreSamplingFlags implements OptionHolder {
  private static final String NO_BREAKERS = "none";
  private Float dynamicRange;
  private Float dynamicExponent;
  private Float dryMultiplier;
  private Float dryBase;
  private Integer dryAllowedLength;
  private Integer dryLastN;
  private List<String> dryBreakers = new ArrayList<>();
  private Float xtcProbability;
  private Float xtcThreshold;
  private Integer mirostat;
  private Float mirostatRate;
  private Float mirostatEntropy;
  private Float adaptiveTarget;
  private Float adaptiveDecay;

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("--dynatemp-range")
            .paramLabel("N")
            .description(
                "temperatures from --temp - N to --temp + N, by the entropy of the choice; 0: off (default: 0)"),
        Float.class,
        value -> dynamicRange = value);
    options.add(
        OptionSpec.builder("--dynatemp-exp")
            .paramLabel("N")
            .description("exponent of the entropy there (default: 1)"),
        Float.class,
        value -> dynamicExponent = value);
    options.add(
        OptionSpec.builder("--dry-multiplier")
            .paramLabel("N")
            .description(
                "DRY: penalty of a token that would go on with a repetition; 0: off (default: 0)"),
        Float.class,
        value -> dryMultiplier = value);
    options.add(
        OptionSpec.builder("--dry-base")
            .paramLabel("N")
            .description(
                "DRY: the penalty times this for each token of the repetition (default: 1.75)"),
        Float.class,
        value -> dryBase = value);
    options.add(
        OptionSpec.builder("--dry-allowed-length")
            .paramLabel("N")
            .description("DRY: tokens that may be repeated without a penalty (default: 2)"),
        Integer.class,
        value -> dryAllowedLength = value);
    options.add(
        OptionSpec.builder("--dry-penalty-last-n")
            .paramLabel("N")
            .description(
                "DRY: tokens looked back at; 0: none, -1: the whole context (default: 64)"),
        Integer.class,
        value -> dryLastN = value);
    options.addList(
        OptionSpec.builder("--dry-sequence-breaker")
            .paramLabel("TEXT")
            .description(
                "DRY: a text over which no repetition reaches, instead of the default ones; none: no text (default: newline : \" *)"),
        String.class,
        value -> dryBreakers = value);
    options.add(
        OptionSpec.builder("--xtc-probability")
            .paramLabel("N")
            .description(
                "XTC: how often the likeliest tokens but the last of them are dropped; 0: never (default: 0)"),
        Float.class,
        value -> xtcProbability = value);
    options.add(
        OptionSpec.builder("--xtc-threshold")
            .paramLabel("N")
            .description(
                "XTC: probability from which on a token is one of them; above 0.5: off (default: 0.1)"),
        Float.class,
        value -> xtcThreshold = value);
    options.add(
        OptionSpec.builder("--mirostat")
            .paramLabel("0|1|2")
            .description(
                "Mirostat instead of all samplers but the temperature; 0: off (default: 0)"),
        Integer.class,
        value -> mirostat = value);
    options.add(
        OptionSpec.builder("--mirostat-lr")
            .paramLabel("N")
            .description("Mirostat: learning rate, eta (default: 0.1)"),
        Float.class,
        value -> mirostatRate = value);
    options.add(
        OptionSpec.builder("--mirostat-ent")
            .paramLabel("N")
            .description("Mirostat: target entropy, tau, in bits (default: 5)"),
        Float.class,
        value -> mirostatEntropy = value);
    options.add(
        OptionSpec.builder("--adaptive-target")
            .paramLabel("N")
            .description(
                "adaptive-p, with adaptive_p among --samplers: choose tokens of about this probability; below 0: off (default: -1)"),
        Float.class,
        value -> adaptiveTarget = value);
    options.add(
        OptionSpec.builder("--adaptive-decay")
            .paramLabel("N")
            .description("adaptive-p: weight of the past, 0 to 0.99 (default: 0.9)"),
        Float.class,
        value -> adaptiveDecay = value);
  }

  SamplingOptions options(SamplingOptions defaults, boolean escape) {
    Dry dry = defaults.dry();
    Temperature temperature = defaults.temperature();
    return defaults
        .with(
            new Temperature(
                temperature.value(),
                or(dynamicRange, temperature.dynamicRange()),
                or(dynamicExponent, temperature.dynamicExponent())))
        .with(
            new Dry(
                or(dryMultiplier, dry.multiplier()),
                or(dryBase, dry.base()),
                or(dryAllowedLength, dry.allowedLength()),
                or(dryLastN, dry.lastN()),
                dryBreakers.isEmpty() ? dry.breakers() : breakers(escape)))
        .with(
            new Xtc(
                or(xtcProbability, defaults.xtc().probability()),
                or(xtcThreshold, defaults.xtc().threshold())))
        .with(
            new Mirostat(
                or(mirostat, defaults.mirostat().version()),
                or(mirostatEntropy, defaults.mirostat().targetEntropy()),
                or(mirostatRate, defaults.mirostat().learningRate())))
        .with(
            new Adaptive(
                or(adaptiveTarget, defaults.adaptive().target()),
                or(adaptiveDecay, defaults.adaptive().decay())));
  }

  private List<String> breakers(boolean escape) {
    return dryBreakers.stream()
        .filter(text -> !text.equals(NO_BREAKERS))
        .map(text -> escape ? TextInput.unescape(text) : text)
        .toList();
  }
}
