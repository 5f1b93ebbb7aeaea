package dev.lamina.engine.schedule;

import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.text.tokenizer.Vocabulary;
import java.util.stream.IntStream;

/** Continues a prompt in a session, token by token. */
public final class Generator {
  /**
   * Length of the first part of decoding. After it a freshly started JVM has compiled most of the
   * code that runs.
   */
  private static final long FIRST_NANOS = 1_000_000_000L;

  private final Session session;
  private final Sampler sampler;
  private final Vocabulary vocabulary;
  private final int[] endTokens;
  private final int[] suppressed;
  private final int[] next = new int[1];
  private int generated;
  private int evalTokens;
  private long evalNanos;
  private long sampleNanos;
  private int steadyTokens;
  private long steadyNanos;

  /**
   * @param sampler a new sampler; this generator passes all tokens to it
   */
  public Generator(Session session, Sampler sampler) {
    this.session = session;
    this.sampler = sampler;
    this.vocabulary = session.model().tokenizer().vocabulary();
    this.endTokens =
        IntStream.range(0, session.model().config().nVocab())
            .filter(vocabulary::isEndOfGeneration)
            .toArray();
    this.suppressed = vocabulary.suppressed();
  }

  /**
   * Evaluates the prompt and generates tokens after it. Tokens at the start that the session has
   * evaluated already are reused; the session forgets all others.
   *
   * @param prompt all tokens of the sequence so far, at least one
   * @param listener gets each chosen token except the end-of-generation one
   * @throws ContextFullException if the prompt does not fit; the session is then unchanged
   */
  public GenerationResult generate(
      int[] prompt, GenerationOptions options, TokenListener listener) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("the prompt is empty; give at least one token");
    }
    if (prompt.length > session.contextLength()) {
      throw new ContextFullException(0, prompt.length, session.contextLength());
    }
    generated = 0;
    evalTokens = 0;
    evalNanos = 0;
    sampleNanos = 0;
    steadyTokens = 0;
    steadyNanos = 0;
    // Evaluate the last token again even if it is cached, because its logits are needed.
    int cached = Math.min(session.commonPrefix(prompt), prompt.length - 1);
    session.truncate(cached);
    for (int token : prompt) {
      sampler.accept(token);
    }
    long start = System.nanoTime();
    boolean evaluated = session.eval(prompt, cached, prompt.length - cached, listener::onPrompt);
    int promptTokens = session.position() - cached;
    long promptNanos = System.nanoTime() - start;
    Finish finish = Finish.CANCELLED;
    if (evaluated) {
      finish = options.maxTokens() == 0 ? Finish.LENGTH : loop(options, listener);
    }
    return new GenerationResult(
        finish,
        cached,
        promptTokens,
        promptNanos,
        generated,
        evalTokens,
        evalNanos,
        sampleNanos,
        steadyTokens,
        steadyNanos);
  }

  private Finish loop(GenerationOptions options, TokenListener listener) {
    while (true) {
      int token = choose(session.logits(), options.ignoreEos());
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
      if (session.position() == session.contextLength() && !makeRoom(options.keep())) {
        return Finish.CONTEXT_FULL;
      }
      eval(token);
    }
  }

  /** Forgets the older half of the tokens that are not kept; false if nothing can be forgotten. */
  private boolean makeRoom(int keep) {
    int forgotten = (session.position() - keep) / 2;
    if (keep == GenerationOptions.STOP || forgotten < 1) {
      return false;
    }
    long start = System.nanoTime();
    session.forget(keep, forgotten);
    evalNanos += System.nanoTime() - start;
    return true;
  }

  private int choose(float[] logits, boolean ignoreEos) {
    long start = System.nanoTime();
    ban(suppressed, logits);
    if (ignoreEos) {
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

  private void eval(int token) {
    long start = System.nanoTime();
    next[0] = token;
    session.eval(next);
    long nanos = System.nanoTime() - start;
    if (evalNanos >= FIRST_NANOS) {
      steadyTokens++;
      steadyNanos += nanos;
    }
    evalTokens++;
    evalNanos += nanos;
  }
}
