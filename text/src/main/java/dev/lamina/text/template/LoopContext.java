package dev.lamina.text.template;

import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * The variable {@code loop}. Elements are pulled one at a time, one ahead when it asks for more.
 */
final class LoopContext implements dev.lamina.text.template.Function {
  private static final Object NOTHING = new Object();

  private final Object iterable;
  private final boolean filtered;
  private final Budget budget;
  private final int depth0;
  private final Function<Object, Object> recurse;
  private Iterator<Object> iterator;
  private long length = -1;
  private int index0 = -1;
  private Object before = NOTHING;
  private Object current = NOTHING;
  private Object after = NOTHING;
  private List<Object> lastChanged;

  /**
   * @param iterable what the loop goes over
   * @param iterator its elements, fewer if the loop has a filter
   * @param recurse renders the body for other items, or null if the loop is not recursive
   */
  LoopContext(
      Object iterable,
      Iterator<Object> iterator,
      boolean filtered,
      int depth0,
      Function<Object, Object> recurse,
      Budget budget) {
    this.iterable = iterable;
    this.iterator = iterator;
    this.filtered = filtered;
    this.depth0 = depth0;
    this.recurse = recurse;
    this.budget = budget;
  }

  /** Moves to the next element; false at the end. */
  boolean advance() {
    Object next = peek();
    if (next == NOTHING) {
      return false;
    }
    after = NOTHING;
    index0++;
    before = current;
    current = next;
    return true;
  }

  Object current() {
    return current;
  }

  int depth() {
    return depth0 + 1;
  }

  private Object peek() {
    if (after == NOTHING && iterator.hasNext()) {
      after = iterator.next();
    }
    return after;
  }

  long length() {
    if (length < 0) {
      length = filtered ? -1 : Values.lengthOrMinusOne(iterable);
    }
    if (length < 0) {
      boolean ahead = after != NOTHING;
      List<Object> rest = Values.list(new Generator(iterator, budget), budget);
      iterator = rest.iterator();
      length = rest.size() + index0 + 1 + (ahead ? 1 : 0);
    }
    return length;
  }

  @Override
  public Object attribute(String name) {
    return switch (name) {
      case "index" -> index0 + 1L;
      case "index0" -> (long) index0;
      case "revindex" -> length() - index0;
      case "revindex0" -> length() - index0 - 1;
      case "first" -> index0 == 0;
      case "last" -> peek() == NOTHING;
      case "length" -> length();
      case "depth" -> depth0 + 1L;
      case "depth0" -> (long) depth0;
      case "previtem" -> index0 == 0 ? new Undefined("there is no previous item") : before;
      case "nextitem" -> peek() == NOTHING ? new Undefined("there is no next item") : peek();
      case "cycle" -> dev.lamina.text.template.Function.of("<loop.cycle>", this::cycle);
      case "changed" -> dev.lamina.text.template.Function.of("<loop.changed>", this::changed);
      default -> CallArgs.ABSENT;
    };
  }

  private Object cycle(CallArgs args) {
    if (args.positional().isEmpty()) {
      throw new RenderError("no items for cycling given");
    }
    return args.positional().get(index0 % args.positional().size());
  }

  private Object changed(CallArgs args) {
    boolean changed =
        lastChanged == null
            || !Comparison.equal(new Tuple(lastChanged), new Tuple(args.positional()), budget);
    lastChanged = args.positional();
    return changed;
  }

  @Override
  public String describe() {
    return "<LoopContext " + (index0 + 1) + "/" + length() + ">";
  }

  @Override
  public Object call(CallArgs args) {
    if (recurse == null) {
      throw new RenderError("the loop must have the 'recursive' marker to be called recursively");
    }
    return recurse.apply(args.bind("loop", "iterable")[0]);
  }
}
