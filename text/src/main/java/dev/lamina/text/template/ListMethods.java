package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Methods of list and tuple. Those that change a list work here, although Hugging Face's sandbox
 * refuses them: other runtimes accept them, and the values are this rendering's own copies.
 */
final class ListMethods {
  private static final Map<String, Method<List<Object>>> LIST =
      Map.ofEntries(
          Map.entry("append", ListMethods::append),
          Map.entry("extend", ListMethods::extend),
          Map.entry("insert", ListMethods::insert),
          Map.entry("pop", ListMethods::pop),
          Map.entry("remove", ListMethods::remove),
          Map.entry("clear", (self, args, budget) -> clear(self)),
          Map.entry("copy", (self, args, budget) -> Values.list(self, budget)),
          Map.entry("count", ListMethods::count),
          Map.entry("index", ListMethods::index),
          Map.entry("reverse", (self, args, budget) -> reverse(self)),
          Map.entry("sort", ListMethods::sort));

  private static final Map<String, Method<Tuple>> TUPLE =
      Map.of(
          "count", (self, args, budget) -> count(self.items(), args, budget),
          "index", (self, args, budget) -> index(self.items(), args, budget));

  private ListMethods() {}

  /** All names. */
  static Set<String> names() {
    return LIST.keySet();
  }

  static Object bind(List<Object> self, String name, Budget budget) {
    return Method.bind(LIST, self, name, budget);
  }

  static Object bind(Tuple self, String name, Budget budget) {
    return Method.bind(TUPLE, self, name, budget);
  }

  private static Object append(List<Object> self, CallArgs args, Budget budget) {
    budget.elements(1);
    self.add(args.bind("append", "object")[0]);
    return null;
  }

  private static Object extend(List<Object> self, CallArgs args, Budget budget) {
    self.addAll(Values.list(args.bind("extend", "iterable")[0], budget));
    return null;
  }

  private static Object insert(List<Object> self, CallArgs args, Budget budget) {
    Object[] a = args.bind("insert", "index", "object");
    int index = Numbers.index(a[0], "index");
    budget.elements(1 + self.size() / 64);
    self.add(Math.clamp(index < 0 ? (long) index + self.size() : index, 0, self.size()), a[1]);
    return null;
  }

  private static Object pop(List<Object> self, CallArgs args, Budget budget) {
    Object given = args.bind("pop", "index?")[0];
    int index = !CallArgs.given(given) ? -1 : Numbers.index(given, "index");
    int at = index < 0 ? index + self.size() : index;
    if (at < 0 || at >= self.size()) {
      throw new RenderError(self.isEmpty() ? "pop from empty list" : "pop index out of range");
    }
    budget.elements(1 + self.size() / 64);
    return self.remove(at);
  }

  private static Object remove(List<Object> self, CallArgs args, Budget budget) {
    self.remove((int) index(self, args, budget));
    return null;
  }

  private static Object clear(List<Object> self) {
    self.clear();
    return null;
  }

  private static Object reverse(List<Object> self) {
    Collections.reverse(self);
    return null;
  }

  private static Object sort(List<Object> self, CallArgs args, Budget budget) {
    Object reverse = args.bind("sort", "reverse?")[0];
    boolean descending = CallArgs.given(reverse) && Values.truth(reverse);
    List<Object> sorted = Sorting.sorted(new ArrayList<>(self), v -> v, descending, budget);
    self.clear();
    self.addAll(sorted);
    return null;
  }

  private static Object count(List<Object> self, CallArgs args, Budget budget) {
    Object wanted = args.bind("count", "value")[0];
    long count = 0;
    for (Object item : self) {
      budget.step();
      if (Comparison.matches(item, wanted, budget)) {
        count++;
      }
    }
    return count;
  }

  private static long index(List<Object> self, CallArgs args, Budget budget) {
    Object[] a = args.bind("index", "value", "start?", "stop?");
    int from = !CallArgs.given(a[1]) ? 0 : Numbers.index(a[1], "start");
    int to = !CallArgs.given(a[2]) ? self.size() : Numbers.index(a[2], "stop");
    from = Math.max(0, from < 0 ? from + self.size() : from);
    to = Math.min(self.size(), to < 0 ? to + self.size() : to);
    for (int i = from; i < to; i++) {
      budget.step();
      if (Comparison.matches(self.get(i), a[0], budget)) {
        return i;
      }
    }
    throw new RenderError("the value is not in the list");
  }
}
