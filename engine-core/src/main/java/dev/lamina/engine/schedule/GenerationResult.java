package dev.lamina.engine.schedule;

/**
 * The outcome of a generation: its end, its tokens and its times.
 *
 * @param finish why it ended
 * @param cachedTokens prompt tokens that were in the context already
 * @param promptTokens prompt tokens evaluated
 * @param promptNanos time taken by them
 * @param generatedTokens tokens chosen, the end-of-generation token included
 * @param evalTokens chosen tokens evaluated to choose the next
 * @param evalNanos time taken by those evaluations
 * @param sampleNanos time taken to choose
 * @param steadyTokens of {@code evalTokens}, those after the first second, in which the JVM still
 *     compiles
 * @param steadyNanos time taken by these
 */
public record GenerationResult(
    Finish finish,
    int cachedTokens,
    int promptTokens,
    long promptNanos,
    int generatedTokens,
    int evalTokens,
    long evalNanos,
    long sampleNanos,
    int steadyTokens,
    long steadyNanos) {

  /** This result combined with the one of its continuation. */
  public GenerationResult plus(GenerationResult next) {
    return new GenerationResult(
        next.finish,
        cachedTokens,
        promptTokens + next.promptTokens,
        promptNanos + next.promptNanos,
        generatedTokens + next.generatedTokens,
        evalTokens + next.evalTokens,
        evalNanos + next.evalNanos,
        sampleNanos + next.sampleNanos,
        steadyTokens + next.steadyTokens,
        steadyNanos + next.steadyNanos);
  }

  /** Reasons to end. */
  public enum Finish {
    /** The model chose an end-of-generation token. */
    STOP,
    /** The number of tokens asked for. */
    LENGTH,
    /** The context is full. */
    CONTEXT_FULL,
    /** The text contains a stop text, see {@link StopFinder}. */
    STOP_TEXT,
    /** The listener ended the generation. */
    CANCELLED
  }
}
