package dev.lamina.text.template;

import static dev.lamina.text.template.CallArgs.ABSENT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** Filters on sequences and mappings. */
final class ListFilters {
  static final Map<String, Filter> ALL =
      Map.ofEntries(
          Map.entry("length", (v, a, b) -> (long) Values.length(v)),
          Map.entry("count", (v, a, b) -> (long) Values.length(v)),
          Map.entry("list", (v, a, b) -> Values.list(v, b)),
          Map.entry("first", ListFilters::first),
          Map.entry("last", ListFilters::last),
          Map.entry("random", ListFilters::random),
          Map.entry("join", ListFilters::join),
          Map.entry("items", ListFilters::items),
          Map.entry("reverse", ListFilters::reverse),
          Map.entry("sort", ListFilters::sort),
          Map.entry("dictsort", ListFilters::dictSort),
          Map.entry("unique", ListFilters::unique),
          Map.entry("groupby", ListFilters::groupBy),
          Map.entry("batch", ListFilters::batch),
          Map.entry("slice", ListFilters::slice),
          Map.entry("sum", ListFilters::sum),
          Map.entry("min", (v, a, b) -> extreme(v, a, "<", b)),
          Map.entry("max", (v, a, b) -> extreme(v, a, ">", b)));

  private ListFilters() {}

  private static Object first(Object v, CallArgs args, Budget budget) {
    Iterator<Object> it = Values.iterator(v);
    return it.hasNext() ? it.next() : new Undefined("no first item, the sequence was empty");
  }

  private static Object last(Object v, CallArgs args, Budget budget) {
    List<Object> items = reversible(v, budget);
    return items.isEmpty()
        ? new Undefined("no last item, the sequence was empty")
        : items.getLast();
  }

  private static List<Object> reversible(Object v, Budget budget) {
    if (v instanceof Generator) {
      throw new RenderError("'" + Values.typeName(v) + "' object is not reversible");
    }
    return Values.list(v, budget);
  }

  private static Object random(Object v, CallArgs args, Budget budget) {
    int length = Values.length(v);
    return length == 0
        ? new Undefined("no random item, the sequence was empty")
        : Access.item(v, (long) RandomGenerator.getDefault().nextInt(length), budget);
  }

  private static Object join(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("join", "d?", "attribute?");
    UnaryOperator<Object> getter = Attributes.getter(a[1], ABSENT, budget);
    List<String> parts = new ArrayList<>();
    for (Iterator<Object> it = Values.iterator(v); it.hasNext(); ) {
      budget.elements(1);
      parts.add(Text.str(getter.apply(it.next()), budget));
    }
    return StringSearch.join(!CallArgs.given(a[0]) ? "" : Text.str(a[0], budget), parts, budget);
  }

  private static Object items(Object v, CallArgs args, Budget budget) {
    args.bind("items");
    return new Generator(() -> itemsOf(v), budget);
  }

  private static Iterator<Object> itemsOf(Object v) {
    return switch (v) {
      case Undefined u -> Collections.emptyIterator();
      case Dict d -> new DictView(d, DictView.Kind.ITEMS).iterator();
      case null, default -> throw new RenderError("can only get item pairs from a mapping");
    };
  }

  private static Object reverse(Object v, CallArgs args, Budget budget) {
    if (Values.isString(v)) {
      return Slices.slice(v, null, null, -1L, budget);
    }
    List<Object> items = Values.list(v, budget);
    Collections.reverse(items);
    return v instanceof Generator || v instanceof Undefined
        ? items
        : new Generator(items.iterator(), budget);
  }

  private static Object sort(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("sort", "reverse?", "case_sensitive?", "attribute?");
    boolean descending = CallArgs.given(a[0]) && Values.truth(a[0]);
    return Sorting.sorted(
        Values.list(v, budget), Attributes.sortKeys(a[2], a[1], budget), descending, budget);
  }

  private static Object dictSort(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("dictsort", "case_sensitive?", "by?", "reverse?");
    boolean byValue = a[1] instanceof String s && s.equals("value");
    if (!byValue && CallArgs.given(a[1]) && !"key".equals(a[1])) {
      throw new RenderError("dictsort sorts by \"key\" or \"value\"");
    }
    if (!(v instanceof Dict dict)) {
      throw v instanceof Undefined u
          ? u.error()
          : new RenderError("dictsort needs a mapping, not " + Values.typeName(v));
    }
    boolean exact = CallArgs.given(a[0]) && Values.truth(a[0]);
    List<Object> pairs = Values.list(new DictView(dict, DictView.Kind.ITEMS), budget);
    UnaryOperator<Object> key =
        pair -> {
          Object part = ((Tuple) pair).items().get(byValue ? 1 : 0);
          return exact ? part : Attributes.ignoreCase(part, budget);
        };
    return Sorting.sorted(pairs, key, CallArgs.given(a[2]) && Values.truth(a[2]), budget);
  }

  private static Object unique(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("unique", "case_sensitive?", "attribute?");
    UnaryOperator<Object> key = Attributes.sortKey(a[1], ABSENT, a[0], budget);
    Set<Object> seen = new HashSet<>();
    return new Generator(
        () ->
            new FilteredIterator(
                Values.iterator(v),
                item -> {
                  Object itemKey = key.apply(item);
                  budget.elements(1);
                  budget.operand(itemKey);
                  return seen.add(Keys.canonical(itemKey));
                }),
        budget);
  }

  private static Object groupBy(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("groupby", "attribute", "default?", "case_sensitive?");
    UnaryOperator<Object> key = Attributes.sortKey(a[0], a[1], a[2], budget);
    UnaryOperator<Object> shown = Attributes.getter(a[0], a[1], budget);
    List<Object> groups = new ArrayList<>();
    List<Object> members = null;
    Object current = null;
    for (Object item : Sorting.sorted(Values.list(v, budget), key, false, budget)) {
      Object itemKey = key.apply(item);
      if (members == null || !Comparison.equal(itemKey, current, budget)) {
        members = new ArrayList<>();
        current = itemKey;
        groups.add(group(shown.apply(item), members));
      }
      members.add(item);
    }
    return groups;
  }

  private static Tuple group(Object grouper, List<Object> members) {
    return new Tuple(Arrays.asList(grouper, members), List.of("grouper", "list"));
  }

  private static Object batch(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("batch", "linecount", "fill_with?");
    return new Generator(() -> batches(v, Numbers.index(a[0], "linecount"), a[1], budget), budget);
  }

  private static Iterator<Object> batches(Object v, int size, Object fill, Budget budget) {
    List<Object> batches = new ArrayList<>();
    List<Object> batch = new ArrayList<>();
    for (Object item : Values.list(v, budget)) {
      if (batch.size() == size) {
        batches.add(batch);
        batch = new ArrayList<>();
      }
      batch.add(item);
    }
    if (!batch.isEmpty()) {
      budget.elements(Math.max(0, size));
      while (CallArgs.given(fill) && fill != null && batch.size() < size) {
        batch.add(fill);
      }
      batches.add(batch);
    }
    return batches.iterator();
  }

  private static Object slice(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("slice", "slices", "fill_with?");
    return new Generator(() -> slices(v, Numbers.index(a[0], "slices"), a[1], budget), budget);
  }

  private static Iterator<Object> slices(Object v, int slices, Object fill, Budget budget) {
    List<Object> items = Values.list(v, budget);
    if (slices == 0) {
      throw new RenderError("division by zero");
    }
    budget.elements(Math.max(0, slices));
    List<Object> out = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < slices; i++) {
      boolean extra = i < items.size() % slices;
      int end = at + items.size() / slices + (extra ? 1 : 0);
      List<Object> part = new ArrayList<>(items.subList(at, end));
      if (!extra && CallArgs.given(fill) && fill != null) {
        part.add(fill);
      }
      out.add(part);
      at = end;
    }
    return out.iterator();
  }

  private static Object sum(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("sum", "attribute?", "start?");
    UnaryOperator<Object> getter = Attributes.getter(a[0], ABSENT, budget);
    Object total = !CallArgs.given(a[1]) ? 0L : a[1];
    if (Values.isString(total)) {
      throw new RenderError("sum() can't sum strings [use ''.join(seq) instead]");
    }
    for (Iterator<Object> it = Values.iterator(v); it.hasNext(); ) {
      budget.step();
      total = Arithmetic.binary("+", total, getter.apply(it.next()), budget);
    }
    return total;
  }

  /** The first item with the smallest or largest key, by {@code operator}. */
  private static Object extreme(Object v, CallArgs args, String operator, Budget budget) {
    Object[] a = args.bind(operator.equals("<") ? "min" : "max", "case_sensitive?", "attribute?");
    UnaryOperator<Object> key = Attributes.sortKey(a[1], ABSENT, a[0], budget);
    Iterator<Object> it = Values.iterator(v);
    if (!it.hasNext()) {
      return new Undefined("no aggregated item, the sequence was empty");
    }
    Object best = it.next();
    Object bestKey = key.apply(best);
    while (it.hasNext()) {
      Object item = it.next();
      Object itemKey = key.apply(item);
      budget.step();
      if (Comparison.ordered(itemKey, bestKey, operator, budget)) {
        best = item;
        bestKey = itemKey;
      }
    }
    return best;
  }
}
