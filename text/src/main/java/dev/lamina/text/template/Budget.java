package dev.lamina.text.template;

import java.math.BigInteger;
import java.util.List;

/**
 * Counts one rendering's work, nesting and string sizes against its limits. Every operator, filter,
 * test, method and look-up counts its {@link #operand operands} where it is called, by their
 * length, and what it produces. The clock stops what is slower than its count of steps.
 */
final class Budget {
  private static final int CHARS_PER_STEP = 8;
  private static final int STEPS_PER_ELEMENT = 4;

  /** Elements of an operand, which most operations go through at a few nanoseconds each. */
  private static final int ELEMENTS_PER_STEP = 16;

  /** Steps between two looks at the clock. */
  private static final int CLOCK_STEPS = 1 << 10;

  private final TemplateLimits limits;
  private final long start = System.nanoTime();
  private long steps;
  private long nextClock = CLOCK_STEPS;
  private int depth;

  Budget(TemplateLimits limits) {
    this.limits = limits;
  }

  /** Steps so far. */
  long steps() {
    return steps;
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
    if (steps >= nextClock) {
      nextClock = steps + CLOCK_STEPS;
      if (System.nanoTime() - start > limits.maxNanos()) {
        throw new RenderError(
            "the template takes too long (over " + limits.maxNanos() / 1_000_000 + " ms)");
      }
    }
  }

  /** Counts reading {@code n} characters. */
  void scan(long n) {
    charge(n / CHARS_PER_STEP);
  }

  /** Counts what an operation does with a value, by its length. */
  void operand(Object v) {
    switch (v) {
      case String s -> scan(s.length());
      case Markup m -> scan(m.text().length());
      case BigInteger i -> {
        long words = i.bitLength() / Integer.SIZE + 1; // products and digits take their square
        charge(words * words / ELEMENTS_PER_STEP);
      }
      case List<?> l -> charge(l.size() / ELEMENTS_PER_STEP);
      case Tuple t -> charge(t.items().size() / ELEMENTS_PER_STEP);
      case Dict d -> charge(d.size() / ELEMENTS_PER_STEP);
      case DictView d -> charge(d.dict().size() / ELEMENTS_PER_STEP);
      case null, default -> {}
    }
  }

  /** Counts the arguments of an operation. */
  void operands(CallArgs args) {
    for (Object v : args.positional()) {
      charge(1);
      operand(v);
    }
    for (Object v : args.named().values()) {
      charge(1);
      operand(v);
    }
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
