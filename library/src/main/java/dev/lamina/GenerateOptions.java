package dev.lamina;

import dev.lamina.chat.ReasoningOptions;
import dev.lamina.engine.generate.GenerationOptions;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.sampling.SamplingOptions.Filters;
import dev.lamina.engine.sampling.SamplingOptions.Penalties;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * How a text is written. What is not set is as the model file recommends, else as on the command
 * line.
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

  /** Nothing is set. */
  public GenerateOptions() {}

  /**
   * Most tokens to write.
   *
   * @param tokens -1: until the model ends or the context is full
   */
  public GenerateOptions maxTokens(int tokens) {
    maxTokens = tokens;
    return this;
  }

  /** Texts that end the text, and are no part of it. */
  public GenerateOptions stop(String... texts) {
    stops = List.of(texts);
    return this;
  }

  /**
   * How freely tokens are chosen.
   *
   * @param value 0: always the likeliest token
   */
  public GenerateOptions temperature(double value) {
    return sampling(options -> options.withTemperature((float) value));
  }

  /**
   * Chooses among so many of the likeliest tokens.
   *
   * @param tokens 0: all
   */
  public GenerateOptions topK(int tokens) {
    return filters(f -> new Filters(tokens, f.topP(), f.minP(), f.typicalP(), f.topNSigma()));
  }

  /** Chooses among the likeliest tokens that together have this share of the probability. */
  public GenerateOptions topP(double share) {
    return filters(
        f -> new Filters(f.topK(), (float) share, f.minP(), f.typicalP(), f.topNSigma()));
  }

  /** Leaves out tokens with less than this share of the likeliest one's probability. */
  public GenerateOptions minP(double share) {
    return filters(
        f -> new Filters(f.topK(), f.topP(), (float) share, f.typicalP(), f.topNSigma()));
  }

  /**
   * Makes tokens that occurred less likely.
   *
   * @param penalty 1: none
   */
  public GenerateOptions repeatPenalty(double penalty) {
    return sampling(options -> {
      Penalties p = options.penalties();
      return options.with(new Penalties((float) penalty, p.frequency(), p.presence(), p.lastN()));
    });
  }

  /** The same seed gives the same text. */
  public GenerateOptions seed(long value) {
    return sampling(options -> options.withSeed(value));
  }

  /** Changes what the other methods have no word for. */
  public GenerateOptions sampling(UnaryOperator<SamplingOptions> change) {
    UnaryOperator<SamplingOptions> before = sampling;
    sampling = options -> change.apply(before.apply(options));
    return this;
  }

  /** Whether a model that can choose thinks before it answers. */
  public GenerateOptions thinking(boolean on) {
    thinking = on;
    return this;
  }

  /**
   * Most tokens of a thought.
   *
   * @param tokens -1: no limit
   */
  public GenerateOptions thoughtTokens(int tokens) {
    thoughtTokens = tokens;
    return this;
  }

  /** Who gets the text in pieces as it is written, in the thread that asked for it. */
  public GenerateOptions onText(Consumer<String> listener) {
    onText = listener;
    return this;
  }

  /** Who gets what the model thinks before it answers. */
  public GenerateOptions onThought(Consumer<String> listener) {
    onThought = listener;
    return this;
  }

  /** Asked before each token and each batch of the prompt: true ends the text. */
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
    return cancelled.getAsBoolean() || Thread.currentThread().isInterrupted();
  }
}
