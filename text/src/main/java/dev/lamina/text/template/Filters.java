package dev.lamina.text.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The filters by name. */
final class Filters {
  private static final Map<String, Filter> FILTERS = all();

  /** Filters of Jinja2 that have no use in a prompt. */
  private static final Set<String> NOT_PROVIDED = Set.of("pprint", "urlize", "wordwrap");

  private Filters() {}

  private static Map<String, Filter> all() {
    Map<String, Filter> filters = new HashMap<>();
    filters.putAll(TextFilters.ALL);
    filters.putAll(ListFilters.ALL);
    filters.putAll(SelectFilters.ALL);
    filters.putAll(ValueFilters.ALL);
    return Map.copyOf(filters);
  }

  /** All names. */
  static Set<String> names() {
    return FILTERS.keySet();
  }

  static boolean has(String name) {
    return FILTERS.containsKey(name);
  }

  static String unknown(String name) {
    return NOT_PROVIDED.contains(name)
        ? "the filter '" + name + "' is not available in chat templates"
        : "no filter named '" + name + "'";
  }

  static Object apply(String name, Object value, CallArgs args, Budget budget) {
    Filter filter = FILTERS.get(name);
    if (filter == null) {
      throw new RenderError(unknown(name));
    }
    budget.step();
    budget.operand(value);
    budget.operands(args);
    return filter.apply(value, args, budget);
  }
}
