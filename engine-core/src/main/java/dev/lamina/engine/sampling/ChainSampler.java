package dev.lamina.engine.sampling;

import java.util.ArrayList;
import java.util.List;

/**
 * A sampler that adds the logit bias, runs the steps of a chain and then chooses, as llama.cpp
 * does.
 */
final class ChainSampler implements Sampler {
  private final int nVocab;
  private final long seed;
  private final int[] biasIds;
  private final float[] biases;
  private final SamplerStep[] steps;
  private final TokenChoice choice;
  private final Candidates candidates = new Candidates();

  ChainSampler(SamplerSetup setup) {
    SamplingOptions options = setup.options();
    this.nVocab = setup.nVocab();
    this.seed = setup.seed();
    this.biasIds = options.logitBias().keySet().stream().mapToInt(id -> id).sorted().toArray();
    this.biases = new float[biasIds.length];
    for (int i = 0; i < biases.length; i++) {
      biases[i] = options.logitBias().get(biasIds[i]);
    }
    List<SamplerType> chain =
        options.mirostat().isOff() ? options.samplers() : List.of(SamplerType.TEMPERATURE);
    this.steps = steps(chain, setup);
    this.choice = choice(chain, setup);
  }

  private static SamplerStep[] steps(List<SamplerType> chain, SamplerSetup setup) {
    List<SamplerStep> steps = new ArrayList<>();
    for (SamplerType type : chain) {
      if (type == SamplerType.TEMPERATURE && setup.options().isGreedy()) {
        // Only the likeliest candidate stays, so steps that always keep it need not run.
        while (!steps.isEmpty() && steps.getLast().keepsBest()) {
          steps.removeLast();
        }
      }
      SamplerStep step = type.create(setup);
      if (step != null) {
        steps.add(step);
      }
    }
    return steps.toArray(SamplerStep[]::new);
  }

  private static TokenChoice choice(List<SamplerType> chain, SamplerSetup setup) {
    SamplingOptions options = setup.options();
    if (chain.contains(SamplerType.TEMPERATURE) && options.isGreedy()) {
      return new BestChoice();
    }
    if (!options.mirostat().isOff()) {
      return new Mirostat(options.mirostat(), setup.nVocab(), setup.random());
    }
    return chain.contains(SamplerType.ADAPTIVE_P)
        ? new AdaptiveP(options.adaptive(), setup.random())
        : new DrawChoice(setup.random());
  }

  @Override
  public int sample(float[] logits) {
    return choice.choose(filter(logits));
  }

  /** The tokens that may be chosen. */
  Candidates filter(float[] logits) {
    if (logits.length != nVocab) {
      throw new IllegalArgumentException(
          logits.length + " logits for a vocabulary of " + nVocab + " tokens");
    }
    for (int i = 0; i < biasIds.length; i++) {
      logits[biasIds[i]] += biases[i];
    }
    candidates.reset(logits);
    for (SamplerStep step : steps) {
      step.apply(candidates);
    }
    return candidates;
  }

  @Override
  public void accept(int token) {
    if (token < 0 || token >= nVocab) {
      throw new IllegalArgumentException(
          "token " + token + " is outside the vocabulary of " + nVocab + " tokens");
    }
    for (SamplerStep step : steps) {
      step.accept(token);
    }
    choice.accept(token);
  }

  @Override
  public long seed() {
    return seed;
  }
}
