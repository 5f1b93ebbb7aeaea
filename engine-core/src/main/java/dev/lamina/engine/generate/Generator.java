package dev.lamina.engine.generate;

import dev.lamina.engine.generate.GenerationResult.Finish;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.text.tokenizer.Vocabulary;
import java.util.stream.IntStream;

/** Continues a prompt in a session, token by token. */
public final class Generator {
  /** Of evaluation; after it a JVM that has just started has compiled most of what it runs. */
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
   * @param sampler a fresh one, which this generator tells of all tokens
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
   * Evaluates what of the prompt is not in the session yet (a common start is kept, the rest of the
   * session forgotten) and generates.
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
    // The last token is evaluated anew even if it is cached: its logits are needed.
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

  /** Forgets the older half of what is not kept; false if nothing can be forgotten. */
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
