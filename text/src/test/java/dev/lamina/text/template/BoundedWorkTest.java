package dev.lamina.text.template;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every operation on long values, repeated without end, is stopped by its count of steps. An
 * operation that did not count the length of its operands would run for a minute and more.
 */
class BoundedWorkTest {
  /** The clock must not be what stops them. */
  private static final TemplateLimits LIMITS =
      new TemplateLimits(1_000_000, 600_000_000_000L, 16 << 20, 400);

  /** Of values in characters or elements. */
  private static final int LENGTH = 30_000;

  private static final Duration LIMIT = Duration.ofSeconds(40);

  private static final String VALUES =
      "{% set s = 'aB <' * 100000 %}{% set u = 'é😀' * 50000 %}{% set l = [s] * 100 %}"
          + "{% set n = range(20000)|list %}{% set f = [0.1] * 5000 %}{% set i = 3 ** 5000 %}"
          + "{% set d = {s: 1, u: 2, (1, 'a'): 3} %}{% set t = (s, u) %}{% set m = s|safe %}"
          + "{% set r = range(100000) %}{% set z = 'a' * 300000 %}";

  private static String endless(String expression) {
    String loop = "{% for a in range(100000) %}";
    return VALUES + loop + loop + "{% set x = " + expression + " %}{% endfor %}{% endfor %}";
  }

  private static void assertStopped(String expression) {
    TemplateException e =
        assertThrows(
            TemplateException.class,
            () -> ChatTemplate.compile(endless(expression)).withLimits(LIMITS).render(Map.of()),
            expression);
    assertTrue(!e.getMessage().contains(" ms)"), expression + ": " + e.getMessage());
  }

  /** An operation on a value. */
  interface Operation {
    Object apply(Object value, CallArgs args, Budget budget);
  }

  /** All filters, tests and methods, on values that have them. */
  static Stream<Arguments> operations() {
    Stream<Arguments> filters =
        Filters.names().stream()
            .map(name ->
                operation("|" + name, (v, args, budget) -> Filters.apply(name, v, args, budget)));
    Stream<Arguments> tests =
        Tests.names().stream()
            .map(name ->
                operation(" is " + name, (v, args, budget) -> Tests.apply(name, v, args, budget)));
    Stream<Arguments> methods =
        Stream.of(StringMethods.names(), ListMethods.names(), DictMethods.names())
            .flatMap(Set::stream)
            .distinct()
            .map(name -> operation("." + name, method(name)));
    return Stream.of(filters, tests, methods).flatMap(all -> all);
  }

  private static Arguments operation(String name, Operation operation) {
    return Arguments.of(name, operation);
  }

  private static Operation method(String name) {
    return (v, args, budget) ->
        Access.attribute(v, name, budget) instanceof Function f ? f.call(args) : CallArgs.ABSENT;
  }

  /** Those of the length, with the steps that an operation must count at least. */
  private static Map<Object, Integer> longValues() {
    Dict dict = new Dict();
    for (long i = 0; i < LENGTH; i++) {
      dict.put(i, i);
    }
    Map<Object, Integer> values = new LinkedHashMap<>();
    values.put("aB <".repeat(LENGTH / 4), LENGTH / 8);
    values.put("é😀".repeat(LENGTH / 3), LENGTH / 8);
    values.put(new Markup("a".repeat(LENGTH)), LENGTH / 8);
    values.put(new ArrayList<>(Collections.nCopies(LENGTH, (Object) 1L)), LENGTH / 16);
    values.put(new ArrayList<>(Collections.nCopies(LENGTH, (Object) "a")), LENGTH / 16);
    values.put(new Tuple(Collections.nCopies(LENGTH, 0.1)), LENGTH / 16);
    values.put(dict, LENGTH / 16);
    values.put(BigInteger.TWO.pow(1000), 60);
    Dict texts = new Dict();
    for (int i = 0; i < LENGTH; i++) {
      texts.put("a" + i, "a");
    }
    values.put(texts, LENGTH / 16);
    return values;
  }

  private static List<CallArgs> arguments() {
    String s = "a".repeat(LENGTH);
    return List.of(
        CallArgs.NONE,
        CallArgs.of(s),
        CallArgs.of(2L),
        CallArgs.of(s, s),
        CallArgs.of("a", s),
        CallArgs.of("upper"),
        CallArgs.of(1L),
        CallArgs.of(0L),
        CallArgs.of(0L, s),
        CallArgs.of(new Dict()),
        CallArgs.of(List.of(s)),
        CallArgs.of(Tuple.of(s, s)),
        CallArgs.of("lower", s));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  @Tag("quality")
  void countsTheLengthOfWhatItIsAppliedTo(String name, Operation operation) {
    int applied = 0;
    for (CallArgs args : arguments()) {
      for (Map.Entry<Object, Integer> value : longValues().entrySet()) {
        Budget budget = new Budget(TemplateLimits.DEFAULT);
        try {
          Object result = operation.apply(value.getKey(), args, budget);
          if (CallArgs.given(result)) {
            applied++;
            String what = Values.typeName(value.getKey()) + name + args.positional().size();
            assertTrue(
                budget.steps() >= value.getValue(), what + " counted " + budget.steps() + " steps");
          }
        } catch (RenderError e) {
          // Not for such a value.
        }
      }
    }
    assertTrue(applied > 0, name + " was applied to nothing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[s, s + 'a'] == [s, s + 'b']",
        "l + l == l + l",
        "n + [1] == n + [2]",
        "n < n",
        "f == f + [1]",
        "s ~ u",
        "s + u",
        "s == s ~ ''",
        "(s ~ 'a') < (s ~ 'b')",
        "z ~ 'b' in z",
        "'b' in n",
        "s in l",
        "s[70000]",
        "u[-1]",
        "u[70000]",
        "u[1:]",
        "u[::-1]",
        "n[::2]",
        "s * 2",
        "l * 2",
        "i * i",
        "i * i // i",
        "i % 7",
        "i / i",
        "i ** 1",
        "-i",
        "+i",
        "i == i + 1",
        "i < i + 1",
        "i ~ ''",
        "s % 1",
        "'%s' % s",
        "'%d' % i",
        "'%.5000f' % 0.1",
        "'{:,}'.format(i)",
        "'{0}{0}'.format(s)",
        "'{0:>300000}'.format(1)",
        "d[s]",
        "d[s ~ '']",
        "d.get(u ~ '')",
        "{s: 1}",
        "{s ~ 'a': 1}",
        "d == {s: 1, u: 2}",
        "dict(d)",
        "namespace(**{s: 1})",
        "1 if s else 2",
        "s and u",
        "not u",
        "strftime_now('%B' * 1000)",
        "f ~ ''",
        "f|tojson",
        "l|join(s)",
        "l|map('upper')|list",
        "l|select('lower')|list",
        "l|sort(attribute='0')",
        "r|reject|first",
        "d.items()|list",
        "joiner(s)()",
        "cycler(*n)",
        "s.a",
        "d[n]",
        "n[s]"
      })
  void countsTheLengthOfOperands(String expression) {
    assertTimeoutPreemptively(LIMIT, () -> assertStopped(expression));
  }

  @Test
  void theClockStopsWhatIsLeft() {
    TemplateLimits limits = new TemplateLimits(1L << 60, 50_000_000, 16 << 20, 400);
    TemplateException e =
        assertTimeoutPreemptively(
            LIMIT,
            () ->
                assertThrows(
                    TemplateException.class,
                    () -> ChatTemplate.compile(endless("1")).withLimits(limits).render(Map.of())));
    assertTrue(e.getMessage().contains("takes too long (over 50 ms)"), e.getMessage());
  }

  /** Names and keys with the same hash, of all kinds that tell apart by order alone. */
  @Test
  void keysWithEqualHashesAreFound() {
    String keys =
        "{% set ns = namespace(k=['']) %}{% for a in range(12) %}"
            + "{% set ns.k = ns.k|map('replace', '', 'Aa', 1)|list"
            + " + ns.k|map('replace', '', 'BB', 1)|list %}{% endfor %}";
    for (String key : List.of("k", "(k, 1)", "((k,),)")) {
      ChatTemplate template =
          ChatTemplate.compile(
              keys
                  + "{% set d = {} %}{% for k in ns.k %}{% set _ = d.update({"
                  + key
                  + ": 1}) %}{% endfor %}{{ d|length }}");
      String text = assertTimeoutPreemptively(LIMIT, () -> template.render(Map.of()));
      assertTrue(text.endsWith("4096"), text);
    }
  }
}
