package dev.lamina.engine.template;

/** Counts one rendering's work, nesting and string sizes against its limits. */
final class Budget {
  private static final int CHARS_PER_STEP = 8;
  private static final int STEPS_PER_ELEMENT = 4;

  private final TemplateLimits limits;
  private long steps;
  private int depth;

  Budget(TemplateLimits limits) {
    this.limits = limits;
  }

  void step() {
    charge(1);
  }

  /** Counts {@code n} steps. */
  void charge(long n) {
    steps += n;
    if (steps > limits.maxSteps() || steps < 0) {
      throw new RenderError("the template takes too long (over " + limits.maxSteps() + " steps)");
    }
  }

  /** Counts reading {@code n} characters. */
  void scan(long n) {
    charge(n / CHARS_PER_STEP);
  }

  /** Refuses a string that is too long. */
  void fits(long chars) {
    if (chars > limits.maxChars()) {
      throw new RenderError("the template produces more than " + limits.maxChars() + " characters");
    }
  }

  /** Counts a string about to be produced, and refuses it when it is too long. */
  void string(long chars) {
    fits(chars);
    charge(chars / CHARS_PER_STEP + 1);
  }

  /** Counts a list about to be produced. */
  void elements(long n) {
    charge(n > limits.maxSteps() ? limits.maxSteps() : n * STEPS_PER_ELEMENT);
  }

  void enter() {
    charge(1);
    if (++depth > limits.maxDepth()) {
      throw new RenderError(
          "the template nests too deeply (over " + limits.maxDepth() + " levels)");
    }
  }

  void leave() {
    depth--;
  }
}
