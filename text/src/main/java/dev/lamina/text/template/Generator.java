package dev.lamina.text.template;

import java.util.Iterator;
import java.util.function.Supplier;

/** A lazy sequence that can be walked once, as Python's generators and iterators are. */
final class Generator implements Iterator<Object> {
  private final Budget budget;
  private Supplier<Iterator<?>> start;
  private Iterator<?> source;

  Generator(Iterator<?> source, Budget budget) {
    this.source = source;
    this.budget = budget;
  }

  /** A generator that does nothing, not even fail, until its first element is asked for. */
  Generator(Supplier<Iterator<?>> start, Budget budget) {
    this.start = start;
    this.budget = budget;
  }

  // Generators can be stacked by a loop, so pulling counts as nesting.
  @Override
  public boolean hasNext() {
    budget.enter();
    boolean more = source().hasNext();
    budget.leave();
    return more;
  }

  @Override
  public Object next() {
    budget.enter();
    Object item = source().next();
    budget.leave();
    return item;
  }

  private Iterator<?> source() {
    if (source == null) {
      source = start.get();
    }
    return source;
  }
}
