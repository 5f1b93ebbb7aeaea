package dev.lamina.engine.sampling;

import java.util.List;
import java.util.Map;

/**
 * Options for choosing the next token; the defaults are llama.cpp's. Logit bias comes first, then
 * the steps of {@code samplers} in their order, then a draw.
 *
 * @param samplers the steps in their order; a step that its own options switch off does nothing
 * @param seed null: a random one; otherwise its low 32 bits are used, as in llama.cpp
 * @param mirostat if on, the only steps are temperature and it
 * @param logitBias added to the logits of these token ids before anything else; -Infinity bans a
 *     token
 */
public record SamplingOptions(
    List<SamplerType> samplers,
    Temperature temperature,
    Filters filters,
    Penalties penalties,
    Dry dry,
    Xtc xtc,
    Mirostat mirostat,
    Adaptive adaptive,
    Long seed,
    Map<Integer, Float> logitBias) {

  /**
   * @throws IllegalArgumentException if a value is outside its range; the message is one line
   */
  public SamplingOptions {
    samplers = List.copyOf(samplers);
    logitBias = Map.copyOf(logitBias);
    logitBias.forEach(SamplingOptions::checkBias);
  }

  /**
   * Temperature, fixed or dynamic.
   *
   * @param value 0 or less: the likeliest token
   * @param dynamicRange above 0: the temperature moves with the entropy of the choice, by this much
   *     in either direction
   * @param dynamicExponent of the entropy
   */
  public record Temperature(float value, float dynamicRange, float dynamicExponent) {
    public Temperature {
      finite("temperature", value);
      finite("range of the dynamic temperature", dynamicRange);
      finite("exponent of the dynamic temperature", dynamicExponent);
    }

    boolean isDynamic() {
      return dynamicRange > 0;
    }
  }

  /**
   * Options of the steps that remove candidates.
   *
   * @param topK 0 or less: all
   * @param topP 0 to 1; 1: all
   * @param minP 0 to 1, a share of the likeliest token's probability; 0: all
   * @param typicalP 0 to 1; 1: all
   * @param topNSigma standard deviations below the highest logit; 0 or less: all
   */
  public record Filters(int topK, float topP, float minP, float typicalP, float topNSigma) {
    public Filters {
      share("top-p", topP);
      share("min-p", minP);
      share("typical-p", typicalP);
      finite("top-n-sigma", topNSigma);
    }
  }

  /**
   * Penalties for tokens that occurred before.
   *
   * @param repeat above 0; 1: none
   * @param frequency subtracted from a logit per occurrence; 0: none
   * @param presence subtracted from the logit of a token that occurred; 0: none
   * @param lastN tokens looked back at; 0 none, -1 the whole context
   */
  public record Penalties(float repeat, float frequency, float presence, int lastN) {
    public Penalties {
      finite("repeat penalty", repeat);
      if (repeat <= 0) {
        throw new IllegalArgumentException(
            "repeat penalty is " + repeat + ", expected a number above 0 (1 is off)");
      }
      finite("frequency penalty", frequency);
      finite("presence penalty", presence);
      window("tokens looked back at by the penalties (repeat-last-n)", lastN);
    }

    boolean isOff() {
      return lastN == 0 || repeat == 1 && frequency == 0 && presence == 0;
    }
  }

  /**
   * Penalties for tokens that would continue a repetition: {@code multiplier * base^(length -
   * allowedLength)}.
   *
   * @param multiplier 0: none
   * @param base below 1: none
   * @param allowedLength of repetitions without a penalty, in tokens
   * @param lastN tokens looked back at; 0 none, -1 the whole context
   * @param breakers texts that end a repetition
   */
  public record Dry(
      float multiplier, float base, int allowedLength, int lastN, List<String> breakers) {
    public static final List<String> BREAKERS = List.of("\n", ":", "\"", "*");

    public Dry {
      finite("DRY multiplier", multiplier);
      finite("DRY base", base);
      if (allowedLength < 0) {
        throw new IllegalArgumentException(
            "DRY allowed length is " + allowedLength + ", expected 0 or more");
      }
      window("tokens looked back at by DRY (dry-penalty-last-n)", lastN);
      breakers = List.copyOf(breakers);
    }

    boolean isOff() {
      return multiplier == 0 || base < 1 || lastN == 0;
    }
  }

  /**
   * Exclude top choices.
   *
   * @param probability with which it happens at a token; 0 or less: never
   * @param threshold probability of a top choice; above 0.5: off
   */
  public record Xtc(float probability, float threshold) {
    public Xtc {
      finite("XTC probability", probability);
      finite("XTC threshold", threshold);
    }
  }

  /**
   * Mirostat, which controls the surprise of the chosen tokens.
   *
   * @param version 0 off, 1 or 2
   * @param targetEntropy bits that chosen tokens should hold on average (tau)
   * @param learningRate with which the bound is corrected (eta)
   */
  public record Mirostat(int version, float targetEntropy, float learningRate) {
    public Mirostat {
      if (version < 0 || version > 2) {
        throw new IllegalArgumentException("mirostat is " + version + ", expected 0 (off), 1 or 2");
      }
      finite("target entropy of mirostat", targetEntropy);
      finite("learning rate of mirostat", learningRate);
    }

    boolean isOff() {
      return version == 0;
    }
  }

  /**
   * Adaptive-p, which chooses tokens near a probability if {@link SamplerType#ADAPTIVE_P} is among
   * the samplers.
   *
   * @param target 0 to 1; below 0: an ordinary draw
   * @param decay of the past tokens' weight, 0 to 0.99
   */
  public record Adaptive(float target, float decay) {
    public Adaptive {
      finite("target of adaptive-p", target);
      finite("decay of adaptive-p", decay);
    }
  }

  public static SamplingOptions defaults() {
    return new SamplingOptions(
        SamplerType.defaultChain(),
        new Temperature(0.8f, 0, 1),
        new Filters(40, 0.95f, 0.05f, 1, -1),
        new Penalties(1, 0, 0, 64),
        new Dry(0, 1.75f, 2, 64, Dry.BREAKERS),
        new Xtc(0, 0.1f),
        new Mirostat(0, 5, 0.1f),
        new Adaptive(-1, 0.9f),
        null,
        Map.of());
  }

  public static SamplingOptions greedy() {
    return defaults().withTemperature(0);
  }

  /** True if the temperature lets only the likeliest token stay. */
  boolean isGreedy() {
    return temperature.value() <= 0 && !temperature.isDynamic();
  }

  public SamplingOptions withTemperature(float value) {
    return with(new Temperature(value, temperature.dynamicRange, temperature.dynamicExponent));
  }

  public SamplingOptions with(Temperature value) {
    return new SamplingOptions(
        samplers, value, filters, penalties, dry, xtc, mirostat, adaptive, seed, logitBias);
  }

  public SamplingOptions with(Filters value) {
    return new SamplingOptions(
        samplers, temperature, value, penalties, dry, xtc, mirostat, adaptive, seed, logitBias);
  }

  public SamplingOptions with(Penalties value) {
    return new SamplingOptions(
        samplers, temperature, filters, value, dry, xtc, mirostat, adaptive, seed, logitBias);
  }

  public SamplingOptions with(Dry value) {
    return new SamplingOptions(
        samplers, temperature, filters, penalties, value, xtc, mirostat, adaptive, seed, logitBias);
  }

  public SamplingOptions with(Xtc value) {
    return new SamplingOptions(
        samplers, temperature, filters, penalties, dry, value, mirostat, adaptive, seed, logitBias);
  }

  public SamplingOptions with(Mirostat value) {
    return new SamplingOptions(
        samplers, temperature, filters, penalties, dry, xtc, value, adaptive, seed, logitBias);
  }

  public SamplingOptions with(Adaptive value) {
    return new SamplingOptions(
        samplers, temperature, filters, penalties, dry, xtc, mirostat, value, seed, logitBias);
  }

  public SamplingOptions withSamplers(List<SamplerType> chain) {
    return new SamplingOptions(
        chain, temperature, filters, penalties, dry, xtc, mirostat, adaptive, seed, logitBias);
  }

  public SamplingOptions withSeed(Long value) {
    return new SamplingOptions(
        samplers, temperature, filters, penalties, dry, xtc, mirostat, adaptive, value, logitBias);
  }

  public SamplingOptions withLogitBias(Map<Integer, Float> bias) {
    return new SamplingOptions(
        samplers, temperature, filters, penalties, dry, xtc, mirostat, adaptive, seed, bias);
  }

  private static void finite(String name, float value) {
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a finite number");
    }
  }

  private static void share(String name, float value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " is " + value + ", expected a number from 0 to 1");
    }
  }

  private static void window(String name, int lastN) {
    if (lastN < -1) {
      throw new IllegalArgumentException(
          name + " are " + lastN + ", expected -1 (the whole context), 0 (off) or more");
    }
  }

  private static void checkBias(int token, float bias) {
    if (token < 0) {
      throw new IllegalArgumentException("logit bias for token " + token + ": ids start at 0");
    }
    if (Float.isNaN(bias) || bias == Float.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "logit bias of token " + token + " is " + bias + ", expected a number or -Infinity");
    }
  }
}
