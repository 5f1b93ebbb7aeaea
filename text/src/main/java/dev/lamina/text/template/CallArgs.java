package dev.lamina.text.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The evaluated arguments of a call, filter or test. */
record CallArgs(List<Object> positional, Map<String, Object> named) {
  static final CallArgs NONE = new CallArgs(List.of(), Map.of());

  /** Stands for an argument that was not given; null is None. */
  static final Object ABSENT = new Object();

  /** False for {@link #ABSENT}. */
  @SuppressWarnings("ReferenceEquality") // one object stands for it
  static boolean given(Object value) {
    return value != ABSENT;
  }

  static CallArgs of(Object... positional) {
    return new CallArgs(java.util.Arrays.asList(positional), Map.of());
  }

  /**
   * Matches the arguments to parameters.
   *
   * @param function name for messages
   * @param parameters names in order; a trailing {@code ?} makes one optional
   * @return one value for each parameter, {@link #ABSENT} where an optional one was not given
   * @throws RenderError for a missing, surplus, unknown or doubled argument
   */
  Object[] bind(String function, String... parameters) {
    if (positional.size() > parameters.length) {
      throw new RenderError(
          function
              + "() takes at most "
              + parameters.length
              + " arguments ("
              + positional.size()
              + " given)");
    }
    Map<String, Object> left = named.isEmpty() ? named : new LinkedHashMap<>(named);
    Object[] values = new Object[parameters.length];
    for (int i = 0; i < parameters.length; i++) {
      boolean optional = parameters[i].endsWith("?");
      String name =
          optional ? parameters[i].substring(0, parameters[i].length() - 1) : parameters[i];
      if (i < positional.size()) {
        values[i] = positional.get(i);
      } else if (left.containsKey(name)) {
        values[i] = left.remove(name);
      } else if (optional) {
        values[i] = ABSENT;
      } else {
        throw new RenderError(function + "() needs the argument '" + name + "'");
      }
    }
    if (!left.isEmpty()) {
      throw new RenderError(
          function + "() got an unexpected argument '" + left.keySet().iterator().next() + "'");
    }
    return values;
  }

  /** The same call without its first {@code n} positional arguments. */
  CallArgs drop(int n) {
    return new CallArgs(positional.subList(n, positional.size()), named);
  }
}
