package dev.lamina;

import dev.lamina.chat.ReasoningOptions;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.sampling.SamplingOptions.Filters;
import dev.lamina.engine.sampling.SamplingOptions.Penalties;
import dev.lamina.engine.schedule.GenerationOptions;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Options for generating text. An option that is not set has the value that the model file
 * recommends, or else the default of the command line.
 */
public final class GenerateOptions {
  private int maxTokens = -1;
  private List<String> stops = List.of();
  private UnaryOperator<SamplingOptions> sampling = UnaryOperator.identity();
  private Boolean thinking;
  private int thoughtTokens = -1;
  private Consumer<String> onText = _ -> {};
  private Consumer<String> onThought = _ -> {};
  private BooleanSupplier cancelled = () -> false;

  /** Options without any value set. */
  public GenerateOptions() {}

  /**
   * Limits the number of tokens to generate.
   *
   * @param tokens -1: until the model ends or the context is full
   */
  public GenerateOptions maxTokens(int tokens) {
    maxTokens = tokens;
    return this;
  }

  /** Sets stop texts. They end the generation and are not part of the result. */
  public GenerateOptions stop(String... texts) {
    stops = List.of(texts);
    return this;
  }

  /**
   * Sets the temperature of sampling.
   *
   * @param value 0: always the likeliest token
   */
  public GenerateOptions temperature(double value) {
    return sampling(options -> options.withTemperature((float) value));
  }

  /**
   * Samples only from this number of the likeliest tokens.
   *
   * @param tokens 0: all
   */
  public GenerateOptions topK(int tokens) {
    return filters(f -> new Filters(tokens, f.topP(), f.minP(), f.typicalP(), f.topNSigma()));
  }

  /** Samples only from the likeliest tokens that together have this share of the probability. */
  public GenerateOptions topP(double share) {
    return filters(
        f -> new Filters(f.topK(), (float) share, f.minP(), f.typicalP(), f.topNSigma()));
  }

  /** Drops tokens with less than this share of the likeliest token's probability. */
  public GenerateOptions minP(double share) {
    return filters(
        f -> new Filters(f.topK(), f.topP(), (float) share, f.typicalP(), f.topNSigma()));
  }

  /**
   * Makes tokens that occurred before less likely.
   *
   * @param penalty 1: none
   */
  public GenerateOptions repeatPenalty(double penalty) {
    return sampling(options -> {
      Penalties p = options.penalties();
      return options.with(new Penalties((float) penalty, p.frequency(), p.presence(), p.lastN()));
    });
  }

  /** Sets the seed of sampling; the same seed gives the same text. */
  public GenerateOptions seed(long value) {
    return sampling(options -> options.withSeed(value));
  }

  /** Changes sampling options that have no method of their own here. */
  public GenerateOptions sampling(UnaryOperator<SamplingOptions> change) {
    UnaryOperator<SamplingOptions> before = sampling;
    sampling = options -> change.apply(before.apply(options));
    return this;
  }

  /** Sets whether a model thinks before it answers, if the model supports both. */
  public GenerateOptions thinking(boolean on) {
    thinking = on;
    return this;
  }

  /**
   * Limits the number of tokens of a thought.
   *
   * @param tokens -1: no limit
   */
  public GenerateOptions thoughtTokens(int tokens) {
    thoughtTokens = tokens;
    return this;
  }

  /** Sets a listener that gets the text in pieces as it is generated, in the calling thread. */
  public GenerateOptions onText(Consumer<String> listener) {
    onText = listener;
    return this;
  }

  /** Sets a listener that gets the model's thoughts in pieces. */
  public GenerateOptions onThought(Consumer<String> listener) {
    onThought = listener;
    return this;
  }

  /**
   * Sets a condition that is checked before each token and each batch of the prompt; true ends the
   * generation.
   */
  public GenerateOptions cancelWhen(BooleanSupplier condition) {
    cancelled = condition;
    return this;
  }

  private GenerateOptions filters(UnaryOperator<Filters> change) {
    return sampling(options -> options.with(change.apply(options.filters())));
  }

  GenerationOptions generation() {
    return new GenerationOptions(Math.max(-1, maxTokens), false);
  }

  List<String> stops() {
    return stops;
  }

  SamplingOptions sampling(SamplingOptions recommended) {
    return sampling.apply(recommended);
  }

  Boolean thinking() {
    return thinking;
  }

  ReasoningOptions reasoning() {
    return new ReasoningOptions(true, Math.max(-1, thoughtTokens), "");
  }

  void text(String piece) {
    Failures.tell(onText, piece);
  }

  void thought(String piece) {
    Failures.tell(onThought, piece);
  }

  boolean isCancelled() {
    return Failures.ask(cancelled) || Thread.currentThread().isInterrupted();
  }
}
