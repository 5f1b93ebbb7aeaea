package dev.lamina.text.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** What stands after {@code is}. */
final class Tests {
  private interface Test {
    boolean holds(Object value, CallArgs args, Budget budget);
  }

  private static final Map<String, Test> TESTS = all();

  /** All names. */
  static Set<String> names() {
    return TESTS.keySet();
  }

  private Tests() {}

  private static Map<String, Test> all() {
    Map<String, Test> tests = new HashMap<>();
    types(tests);
    tests.put("odd", plain("odd", (v, b) -> leaves(v, 2L, 1L, b)));
    tests.put("even", plain("even", (v, b) -> leaves(v, 2L, 0L, b)));
    tests.put("divisibleby", (v, a, b) -> leaves(v, a.bind("divisibleby", "num")[0], 0L, b));
    tests.put("lower", plain("lower", (v, b) -> StringMethods.isCase(Text.str(v, b), false)));
    tests.put("upper", plain("upper", (v, b) -> StringMethods.isCase(Text.str(v, b), true)));
    tests.put(
        "filter",
        plain("filter", (v, b) -> Keys.canonical(v) instanceof String s && Filters.has(s)));
    tests.put("test", plain("test", (v, b) -> Keys.canonical(v) instanceof String s && has(s)));
    tests.put("sameas", (v, a, b) -> same(v, a.bind("sameas", "other")[0]));
    tests.put("in", (v, a, b) -> Comparison.contains(a.bind("in", "seq")[0], v, b));
    for (String name : new String[] {"==", "eq", "equalto"}) {
      tests.put(name, (v, a, b) -> Comparison.equal(v, a.bind("eq", "other")[0], b));
    }
    for (String name : new String[] {"!=", "ne"}) {
      tests.put(name, (v, a, b) -> !Comparison.equal(v, a.bind("ne", "other")[0], b));
    }
    order(tests, "<", "<", "lt", "lessthan");
    order(tests, "<=", "<=", "le");
    order(tests, ">", ">", "gt", "greaterthan");
    order(tests, ">=", ">=", "ge");
    return Map.copyOf(tests);
  }

  private static Test plain(String name, BiPredicate<Object, Budget> test) {
    return (v, args, budget) -> {
      args.bind(name);
      return test.test(v, budget);
    };
  }

  private static void types(Map<String, Test> tests) {
    tests.put("defined", plain("defined", (v, b) -> !(v instanceof Undefined)));
    tests.put("undefined", plain("undefined", (v, b) -> v instanceof Undefined));
    tests.put("none", plain("none", (v, b) -> v == null));
    tests.put("boolean", plain("boolean", (v, b) -> v instanceof Boolean));
    tests.put("true", plain("true", (v, b) -> Boolean.TRUE.equals(v)));
    tests.put("false", plain("false", (v, b) -> Boolean.FALSE.equals(v)));
    tests.put(
        "integer", plain("integer", (v, b) -> Values.isInteger(v) && !(v instanceof Boolean)));
    tests.put("float", plain("float", (v, b) -> v instanceof Double));
    tests.put("number", plain("number", (v, b) -> Values.isNumber(v)));
    tests.put("string", plain("string", (v, b) -> Values.isString(v)));
    tests.put("mapping", plain("mapping", (v, b) -> v instanceof Dict));
    tests.put(
        "iterable", plain("iterable", (v, b) -> Values.isIterable(v) || v instanceof LoopContext));
    tests.put("sequence", plain("sequence", (v, b) -> isSequence(v)));
    tests.put(
        "callable", plain("callable", (v, b) -> v instanceof Function || v instanceof Undefined));
    tests.put("escaped", plain("escaped", (v, b) -> v instanceof Markup));
  }

  // What has a length and elements to fetch, even none.
  private static boolean isSequence(Object v) {
    return Values.lengthOrMinusOne(v) >= 0
        && !(v instanceof DictView)
        && !(v instanceof LoopContext);
  }

  private static void order(Map<String, Test> tests, String operator, String... names) {
    for (String name : names) {
      tests.put(
          name, (v, a, b) -> Comparison.ordered(v, a.bind(operator, "other")[0], operator, b));
    }
  }

  private static boolean leaves(Object v, Object divisor, Object remainder, Budget budget) {
    return Comparison.equal(Arithmetic.binary("%", v, divisor, budget), remainder, budget);
  }

  // Small integers, booleans and equal strings are one object in practice.
  private static boolean same(Object a, Object b) {
    if (a instanceof Boolean || a instanceof Long || a instanceof String) {
      return a.equals(b);
    }
    return Comparison.same(a, b);
  }

  static boolean has(String name) {
    return TESTS.containsKey(name);
  }

  static String unknown(String name) {
    return "no test named '" + name + "'";
  }

  static boolean apply(String name, Object value, CallArgs args, Budget budget) {
    Test test = TESTS.get(name);
    if (test == null) {
      throw new RenderError(unknown(name));
    }
    budget.step();
    budget.operand(value);
    budget.operands(args);
    return test.holds(value, args, budget);
  }
}
