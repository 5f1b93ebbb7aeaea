package dev.lamina.engine.schedule;

import dev.lamina.engine.model.Model;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.text.tokenizer.Vocabulary;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A text that is being generated: its tokens so far, and what follows from the logits after them.
 * It evaluates nothing itself.
 */
final class Generator {
  /**
   * Length of the first part of decoding. After it a freshly started JVM has compiled most of the
   * code that runs.
   */
  private static final long FIRST_NANOS = 1_000_000_000L;

  private final Sampler sampler;
  private final GenerationOptions options;
  private final TokenListener listener;
  private final Vocabulary vocabulary;
  private final int[] endTokens;
  private final int[] suppressed;
  private final int contextLength;
  private final int promptLength;
  private int[] tokens;
  private int size;
  private int cachedTokens;
  private int promptTokens;
  private long promptNanos;
  private int generated;
  private int evalTokens;
  private long evalNanos;
  private long sampleNanos;
  private int steadyTokens;
  private long steadyNanos;

  /**
   * @param prompt all tokens so far, at least one and at most {@code contextLength}
   * @param sampler a new sampler; all tokens are passed to it
   */
  Generator(
      Model model,
      int contextLength,
      int[] prompt,
      Sampler sampler,
      GenerationOptions options,
      TokenListener listener) {
    this.sampler = sampler;
    this.options = options;
    this.listener = listener;
    this.vocabulary = model.tokenizer().vocabulary();
    this.endTokens =
        IntStream.range(0, model.config().nVocab()).filter(vocabulary::isEndOfGeneration).toArray();
    this.suppressed = vocabulary.suppressed();
    this.contextLength = contextLength;
    this.tokens = Arrays.copyOf(prompt, prompt.length + 64);
    this.size = prompt.length;
    this.promptLength = prompt.length;
    for (int token : prompt) {
      sampler.accept(token);
    }
  }

  /** All tokens that are to be evaluated, from the beginning on; there may be more in the array. */
  int[] tokens() {
    return tokens;
  }

  int size() {
    return size;
  }

  /** Notes how many tokens of the prompt needed no evaluation. */
  void begin(int cached) {
    cachedTokens = cached;
  }

  /** Whether to go on with the prompt, of which so many tokens are evaluated. */
  boolean proceeds(int evaluated) {
    return generated > 0
        || listener.onPrompt(Math.max(0, evaluated - cachedTokens), promptLength - cachedTokens);
  }

  /**
   * Notes a pass that evaluated tokens of this text.
   *
   * @param position tokens that are evaluated now
   */
  void evaluated(int position, boolean all, long nanos) {
    if (generated == 0) {
      promptTokens = Math.max(promptTokens, position - cachedTokens);
      promptNanos += nanos;
      return;
    }
    if (all) {
      if (evalNanos >= FIRST_NANOS) {
        steadyTokens++;
        steadyNanos += nanos;
      }
      evalTokens++;
    }
    evalNanos += nanos;
  }

  /**
   * Chooses the token after all others.
   *
   * @param logits of that token, [nVocab]; may be changed
   * @return why the text ends here, null if it goes on
   */
  Finish advance(float[] logits) {
    if (options.maxTokens() == 0) {
      return Finish.LENGTH;
    }
    int token = choose(logits);
    generated++;
    if (vocabulary.isEndOfGeneration(token)) {
      return Finish.STOP;
    }
    if (!listener.onToken(token)) {
      return listener.reason();
    }
    if (generated == options.maxTokens()) {
      return Finish.LENGTH;
    }
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * size);
    }
    tokens[size++] = token;
    return null;
  }

  /** Whether the context has no room for the last token. */
  boolean isFull() {
    return size > contextLength;
  }

  /**
   * Forgets the older half of the tokens that are not kept, except the last one.
   *
   * @return how many at the beginning have stayed; -1 if nothing can be forgotten
   */
  int makeRoom() {
    int keep = options.keep();
    int forgotten = (size - 1 - keep) / 2;
    if (keep == GenerationOptions.STOP || forgotten < 1) {
      return -1;
    }
    System.arraycopy(tokens, keep + forgotten, tokens, keep, size - keep - forgotten);
    size -= forgotten;
    return keep;
  }

  GenerationResult result(Finish finish) {
    return new GenerationResult(
        finish,
        cachedTokens,
        promptTokens,
        promptNanos,
        generated,
        evalTokens,
        evalNanos,
        sampleNanos,
        steadyTokens,
        steadyNanos);
  }

  private int choose(float[] logits) {
    long start = System.nanoTime();
    ban(suppressed, logits);
    if (options.ignoreEos()) {
      ban(endTokens, logits);
    }
    int token = sampler.sample(logits);
    sampler.accept(token);
    sampleNanos += System.nanoTime() - start;
    return token;
  }

  private static void ban(int[] tokens, float[] logits) {
    for (int id : tokens) {
      if (id < logits.length) {
        logits[id] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
