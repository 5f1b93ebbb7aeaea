package dev.lamina.text.template;

import static dev.lamina.text.template.CallArgs.ABSENT;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The filters that apply another filter or a test to each item; their results are generators. */
final class SelectFilters {
  static final Map<String, Filter> ALL =
      Map.of(
          "map", SelectFilters::map,
          "select", selecting(false, true),
          "reject", selecting(false, false),
          "selectattr", selecting(true, true),
          "rejectattr", selecting(true, false));

  private SelectFilters() {}

  private static Object map(Object v, CallArgs args, Budget budget) {
    return new Generator(() -> mapped(source(v), mapper(args, budget)), budget);
  }

  private static Iterator<Object> mapped(Iterator<Object> source, UnaryOperator<Object> function) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return source.hasNext();
      }

      @Override
      public Object next() {
        return function.apply(source.next());
      }
    };
  }

  // Something false has no items, even if it cannot be iterated.
  private static Iterator<Object> source(Object v) {
    return Values.truth(v) ? Values.iterator(v) : Collections.emptyIterator();
  }

  private static UnaryOperator<Object> mapper(CallArgs args, Budget budget) {
    if (args.positional().isEmpty() && args.named().containsKey("attribute")) {
      Map<String, Object> left = new LinkedHashMap<>(args.named());
      Object attribute = left.remove("attribute");
      Object fallback = left.containsKey("default") ? left.remove("default") : ABSENT;
      if (!left.isEmpty()) {
        throw new RenderError(
            "unexpected keyword argument '" + left.keySet().iterator().next() + "'");
      }
      return Attributes.getter(attribute, fallback, budget);
    }
    if (args.positional().isEmpty()) {
      throw new RenderError("map requires a filter argument");
    }
    String name = StringMethods.text(args.positional().getFirst(), "map");
    CallArgs rest = args.drop(1);
    return item -> Filters.apply(name, item, rest, budget);
  }

  private static Filter selecting(boolean byAttribute, boolean keep) {
    return (v, args, budget) ->
        new Generator(() -> selected(source(v), args, byAttribute, keep, budget), budget);
  }

  private static Iterator<Object> selected(
      Iterator<Object> source, CallArgs args, boolean byAttribute, boolean keep, Budget budget) {
    CallArgs left = args;
    UnaryOperator<Object> getter = item -> item;
    if (byAttribute) {
      if (args.positional().isEmpty()) {
        throw new RenderError("missing parameter for attribute name");
      }
      getter = Attributes.getter(args.positional().getFirst(), ABSENT, budget);
      left = args.drop(1);
    }
    UnaryOperator<Object> subject = getter;
    if (left.positional().isEmpty()) {
      return new FilteredIterator(
          source,
          item -> {
            budget.step();
            return Values.truth(subject.apply(item)) == keep;
          });
    }
    String test = StringMethods.text(left.positional().getFirst(), "select");
    CallArgs rest = left.drop(1);
    return new FilteredIterator(
        source, item -> Tests.apply(test, subject.apply(item), rest, budget) == keep);
  }
}
