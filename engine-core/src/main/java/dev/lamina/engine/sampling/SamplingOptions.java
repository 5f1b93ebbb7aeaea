package dev.lamina.engine.sampling;

import java.util.Map;

/**
 * How the next token is chosen; defaults are llama.cpp's. The steps run in this order: logit bias,
 * penalties, top-k, typical-p, top-p, min-p, temperature, draw.
 *
 * @param temperature 0 or less: greedy
 * @param topK 0 or less: all
 * @param topP 0 to 1; 1: all
 * @param minP 0 to 1, a share of the most probable token's probability; 0: all
 * @param typicalP 0 to 1; 1: all
 * @param repeatPenalty above 0; 1: none
 * @param frequencyPenalty subtracted from a logit per occurrence; 0: none
 * @param presencePenalty subtracted from the logit of a token that occurred; 0: none
 * @param penaltyLastN tokens looked back at by the penalties; 0 none, -1 the whole context
 * @param seed null: a random one; otherwise its low 32 bits are used, as in llama.cpp
 * @param logitBias added to the logits of these token ids before anything else; -Infinity bans a
 *     token
 */
public record SamplingOptions(
    float temperature,
    int topK,
    float topP,
    float minP,
    float typicalP,
    float repeatPenalty,
    float frequencyPenalty,
    float presencePenalty,
    int penaltyLastN,
    Long seed,
    Map<Integer, Float> logitBias) {

  /**
   * @throws IllegalArgumentException if a value is outside its range; the message is one line
   */
  public SamplingOptions {
    finite("temperature", temperature);
    share("top-p", topP);
    share("min-p", minP);
    share("typical-p", typicalP);
    finite("repeat penalty", repeatPenalty);
    if (repeatPenalty <= 0) {
      throw new IllegalArgumentException(
          "repeat penalty is " + repeatPenalty + ", expected a number above 0 (1 is off)");
    }
    finite("frequency penalty", frequencyPenalty);
    finite("presence penalty", presencePenalty);
    if (penaltyLastN < -1) {
      throw new IllegalArgumentException(
          "tokens looked back at by the penalties (repeat-last-n) are "
              + penaltyLastN
              + ", expected -1 (the whole context), 0 (off) or more");
    }
    logitBias = Map.copyOf(logitBias);
    logitBias.forEach(SamplingOptions::checkBias);
  }

  public static SamplingOptions defaults() {
    return new SamplingOptions(0.8f, 40, 0.95f, 0.05f, 1.0f, 1.0f, 0.0f, 0.0f, 64, null, Map.of());
  }

  public static SamplingOptions greedy() {
    return defaults().withTemperature(0);
  }

  /** True if the most probable token is always taken. */
  public boolean isGreedy() {
    return temperature <= 0;
  }

  public SamplingOptions withTemperature(float value) {
    return new SamplingOptions(
        value,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        frequencyPenalty,
        presencePenalty,
        penaltyLastN,
        seed,
        logitBias);
  }

  /** Replaces the four steps that narrow the choice down. */
  public SamplingOptions withFilters(int topK, float topP, float minP, float typicalP) {
    return new SamplingOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        frequencyPenalty,
        presencePenalty,
        penaltyLastN,
        seed,
        logitBias);
  }

  public SamplingOptions withPenalties(float repeat, float frequency, float presence, int lastN) {
    return new SamplingOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeat,
        frequency,
        presence,
        lastN,
        seed,
        logitBias);
  }

  public SamplingOptions withSeed(Long value) {
    return new SamplingOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        frequencyPenalty,
        presencePenalty,
        penaltyLastN,
        value,
        logitBias);
  }

  public SamplingOptions withLogitBias(Map<Integer, Float> bias) {
    return new SamplingOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        frequencyPenalty,
        presencePenalty,
        penaltyLastN,
        seed,
        bias);
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
