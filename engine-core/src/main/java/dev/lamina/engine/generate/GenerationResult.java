package dev.lamina.engine.generate;

/**
 * What a generation did.
 *
 * @param finish why it ended
 * @param cachedTokens prompt tokens that were in the context already
 * @param promptTokens prompt tokens evaluated
 * @param promptNanos time taken by them
 * @param generatedTokens tokens chosen, the end-of-generation token included
 * @param evalTokens chosen tokens evaluated to choose the next
 * @param evalNanos time taken by those evaluations
 * @param sampleNanos time taken to choose
 */
public record GenerationResult(
    Finish finish,
    int cachedTokens,
    int promptTokens,
    long promptNanos,
    int generatedTokens,
    int evalTokens,
    long evalNanos,
    long sampleNanos) {

  /** Reasons to end. */
  public enum Finish {
    /** The model chose an end-of-generation token. */
    STOP,
    /** The number of tokens asked for. */
    LENGTH,
    /** The context is full. */
    CONTEXT_FULL,
    /** The text has come to a stop text, see {@link StopFinder}. */
    STOP_TEXT,
    /** The listener asked to end. */
    CANCELLED
  }
}
