package dev.lamina.text.template;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/** The elements of another iterator that pass a test, found one at a time. */
final class FilteredIterator implements Iterator<Object> {
  private final Iterator<Object> source;
  private final Predicate<Object> test;
  private Object next;
  private boolean ready;

  FilteredIterator(Iterator<Object> source, Predicate<Object> test) {
    this.source = source;
    this.test = test;
  }

  @Override
  public boolean hasNext() {
    while (!ready && source.hasNext()) {
      next = source.next();
      ready = test.test(next);
    }
    return ready;
  }

  @Override
  public Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ready = false;
    return next;
  }
}
