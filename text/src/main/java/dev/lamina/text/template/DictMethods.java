package dev.lamina.text.template;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Methods of dict; the ones that change it work as those of {@link ListMethods} do. */
final class DictMethods {
  private static final Map<String, Method<Dict>> METHODS =
      Map.ofEntries(
          Map.entry("get", DictMethods::get),
          Map.entry("items", (self, args, budget) -> view(self, args, DictView.Kind.ITEMS)),
          Map.entry("keys", (self, args, budget) -> view(self, args, DictView.Kind.KEYS)),
          Map.entry("values", (self, args, budget) -> view(self, args, DictView.Kind.VALUES)),
          Map.entry("copy", (self, args, budget) -> copy(self, budget)),
          Map.entry("pop", DictMethods::pop),
          Map.entry("popitem", DictMethods::popItem),
          Map.entry("setdefault", DictMethods::setDefault),
          Map.entry("update", DictMethods::update),
          Map.entry("clear", DictMethods::clear),
          Map.entry("fromkeys", DictMethods::fromKeys));

  private DictMethods() {}

  /** All names. */
  static Set<String> names() {
    return METHODS.keySet();
  }

  static Object bind(Dict self, String name, Budget budget) {
    return Method.bind(METHODS, self, name, budget);
  }

  private static Object view(Dict self, CallArgs args, DictView.Kind kind) {
    args.bind("dict method");
    return new DictView(self, kind);
  }

  static Dict copy(Dict self, Budget budget) {
    budget.elements(self.size());
    return self.copy();
  }

  private static Object get(Dict self, CallArgs args, Budget budget) {
    Object[] a = args.bind("get", "key", "default?");
    return self.get(a[0], !CallArgs.given(a[1]) ? null : a[1]);
  }

  private static Object pop(Dict self, CallArgs args, Budget budget) {
    Object[] a = args.bind("pop", "key", "default?");
    Dict.Entry removed = self.remove(a[0]);
    if (removed == null && !CallArgs.given(a[1])) {
      throw new RenderError("the dict has no key " + Text.repr(a[0], budget));
    }
    return removed == null ? a[1] : removed.value;
  }

  private static Object popItem(Dict self, CallArgs args, Budget budget) {
    args.bind("popitem");
    if (self.size() == 0) {
      throw new RenderError("popitem(): dictionary is empty");
    }
    budget.elements(self.size());
    Dict.Entry last = self.entries().getLast();
    self.remove(last.key);
    return Tuple.of(last.key, last.value);
  }

  private static Object setDefault(Dict self, CallArgs args, Budget budget) {
    Object[] a = args.bind("setdefault", "key", "default?");
    if (!self.has(a[0])) {
      budget.elements(1);
      self.put(a[0], !CallArgs.given(a[1]) ? null : a[1]);
    }
    return self.get(a[0], null);
  }

  private static Object update(Dict self, CallArgs args, Budget budget) {
    fill(self, "update", args, budget);
    return null;
  }

  private static Object clear(Dict self, CallArgs args, Budget budget) {
    args.bind("clear");
    self.clear();
    return null;
  }

  private static Object fromKeys(Dict self, CallArgs args, Budget budget) {
    Object[] a = args.bind("fromkeys", "iterable", "value?");
    Dict dict = new Dict();
    for (Object key : Values.list(a[0], budget)) {
      budget.operand(key);
      dict.put(key, !CallArgs.given(a[1]) ? null : a[1]);
    }
    return dict;
  }

  /** Adds what {@code dict()} and {@code update()} take: a mapping or pairs, then keywords. */
  static void fill(Dict dict, String function, CallArgs args, Budget budget) {
    Object first = new CallArgs(args.positional(), Map.of()).bind(function, "mapping?")[0];
    if (first instanceof Dict source) {
      budget.elements(source.size());
      source.entries().forEach(e -> dict.put(e.key, e.value));
    } else if (CallArgs.given(first)) {
      for (Object item : Values.list(first, budget)) {
        List<Object> pair = Values.list(item, budget);
        if (pair.size() != 2) {
          throw new RenderError(function + "() needs pairs, got " + pair.size() + " elements");
        }
        budget.operand(pair.get(0));
        dict.put(pair.get(0), pair.get(1));
      }
    }
    budget.elements(args.named().size());
    args.named().forEach(dict::put);
  }
}
