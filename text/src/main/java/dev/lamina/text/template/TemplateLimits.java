package dev.lamina.text.template;

/**
 * The limits of one rendering. Templates come with model files from strangers; a template that
 * exceeds a limit ends in a {@link TemplateException}, not in a hung or exhausted process.
 *
 * @param maxSteps units of work: about one for each expression evaluated and 8 characters read or
 *     produced, and 4 for each list element produced
 * @param maxNanos time, whatever the steps: for operations that are slower than others
 * @param maxChars longest output and longest single string, in UTF-16 units
 * @param maxDepth deepest nesting of evaluation, macro calls and values
 */
public record TemplateLimits(long maxSteps, long maxNanos, int maxChars, int maxDepth) {
  /**
   * 20 million steps (about a second), 3 seconds, 16 Mi characters, 400 levels (fits a thread's
   * default stack).
   */
  public static final TemplateLimits DEFAULT =
      new TemplateLimits(20_000_000, 3_000_000_000L, 16 << 20, 400);

  /** Longest template accepted, in UTF-16 units; published ones stay below 64 Ki. */
  static final int MAX_SOURCE = 1 << 20;

  /** Deepest nesting of tags, parentheses and unary operators accepted in a template. */
  static final int MAX_PARSE_DEPTH = 200;

  /** Most elements of {@code range()}, as in Jinja2's sandbox. */
  static final int MAX_RANGE = 100_000;

  /** Most digits of an integer read from text. */
  static final int MAX_INTEGER_DIGITS = 4300;

  /** Longest integer, in bits. */
  static final int MAX_INTEGER_BITS = 1 << 13;

  public TemplateLimits {
    if (maxSteps <= 0 || maxNanos <= 0 || maxChars <= 0 || maxDepth <= 0) {
      throw new IllegalArgumentException("template limits must be positive");
    }
  }
}
