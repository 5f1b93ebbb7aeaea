package dev.lamina.text.template;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Templates put together by chance, and built-in ones with pieces lost, doubled and mixed: each
 * gives a text or an error in one line, soon. With {@code -Dlamina.torture=true} there are many
 * more ({@code tools/torture.sh}).
 */
class HostileTemplatesTest {
  private static final boolean LONG = Boolean.getBoolean("lamina.torture");

  /** The default ones but for time, which a loaded machine has less of. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final Map<String, Object> CONTEXT =
      Map.of(
          "messages",
          List.of(
              Map.of("role", "system", "content", "Be brief."),
              Map.of("role", "user", "content", "é😀 <b>"),
              Map.of("role", "assistant", "content", "Well."),
              Map.of("role", "user", "content", "And?")),
          "add_generation_prompt",
          true,
          "bos_token",
          "<s>",
          "n",
          -3,
          "x",
          1.5,
          "none_value",
          "");

  private int rendered;
  private int refused;

  private void check(String source) {
    String shown = source.length() > 2000 ? source.substring(0, 2000) : source;
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          try {
            ChatTemplate.compile(source).render(CONTEXT);
            rendered++;
          } catch (TemplateException e) {
            refused++;
            String message = String.valueOf(e.getMessage());
            assertTrue(
                message.startsWith("chat template") && message.length() < 2000,
                shown + "\n" + message);
          } catch (RuntimeException | Error e) {
            throw new AssertionError(shown + "\n" + e, e);
          }
        },
        shown);
  }

  private void report(String kind) {
    assertTrue(rendered > 0 && refused > 0, rendered + " rendered, " + refused + " refused");
    if (LONG) {
      System.out.printf(
          "torture: %6d variants, %6d of them refused: %s%n", rendered + refused, refused, kind);
    }
  }

  @Test
  void programsByChance() {
    int count = LONG ? 20_000 : 1_000;
    for (int i = 0; i < count; i++) {
      check(new Program(new Random(i)).body(3));
    }
    report("templates put together by chance");
  }

  @Test
  void damagedBuiltins() {
    int count = LONG ? 200 : 8;
    for (String name : BuiltinTemplates.names()) {
      Random random = new Random(name.hashCode());
      String source = BuiltinTemplates.source(name);
      for (int i = 0; i < count; i++) {
        String damaged = source;
        for (int k = 0; k <= random.nextInt(3); k++) {
          damaged = damaged(damaged, random);
        }
        check(damaged);
      }
    }
    report("built-in templates, damaged");
  }

  private static String damaged(String text, Random random) {
    int at = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), at + random.nextInt(40));
    Program program = new Program(random);
    return switch (random.nextInt(7)) {
      case 0 -> text.substring(0, at) + text.substring(to);
      case 1 -> text.substring(0, to) + text.substring(at);
      case 2 -> text.substring(0, at) + program.expression(2) + text.substring(at);
      case 3 -> text.substring(0, at) + program.statement(2) + text.substring(at);
      case 4 -> text.substring(0, at) + (char) random.nextInt(0x3000) + text.substring(at);
      case 5 -> text.replaceFirst("\\[[^\\[\\]]*\\]", "[" + "-".repeat(random.nextInt(3)) + "9]");
      default -> text.substring(0, at);
    };
  }

  /** Writes Jinja by chance: most of it is well-formed, little of it makes sense. */
  private static final class Program {
    private static final List<String> ATOMS =
        List.of(
            "0",
            "1",
            "-1",
            "2",
            "3.5",
            "9223372036854775807",
            "1e308",
            "10**30",
            "''",
            "'a'",
            "'aB <é'",
            "'%s'",
            "'%d %x'",
            "'{0}{}'",
            "true",
            "false",
            "none",
            "[]",
            "{}",
            "()",
            "messages",
            "messages[0]",
            "messages[-1]['content']",
            "bos_token",
            "n",
            "x",
            "undefined_name",
            "loop.index",
            "ns.a",
            "range(9)",
            "range(99999)",
            "range(-5, n, -1)",
            "'a' * 99999",
            "[1] * 9999",
            "[[1, 2], [3]]",
            "{'a': 1, 'b': [2]}",
            "namespace(a=1)",
            "cycler(1, 2)",
            "joiner(',')",
            "dict(a=1)",
            "m",
            "self",
            "strftime_now('%Y')",
            "caller()",
            "varargs",
            "'a'.upper",
            "[1, 2, 3][::-1]");
    private static final List<String> BINARY =
        List.of(
            "+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", ">=", "and", "or", "in",
            "not in");

    private final Random random;

    Program(Random random) {
      this.random = random;
    }

    private <T> T pick(List<T> from) {
      return from.get(random.nextInt(from.size()));
    }

    String body(int depth) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i <= random.nextInt(4); i++) {
        text.append(random.nextInt(4) == 0 ? "text\n" : statement(depth));
      }
      return text.toString();
    }

    String statement(int depth) {
      String e = expression(depth);
      if (depth == 0) {
        return "{{ " + e + " }}";
      }
      String inner = body(depth - 1);
      return switch (random.nextInt(13)) {
        case 0 ->
            "{% if " + e + " %}" + inner + "{% elif " + expression(1) + " %}{% else %}y{% endif %}";
        case 1 -> "{% for m in " + e + " %}" + inner + "{% endfor %}";
        case 2 -> "{% for a, b in " + e + " if a %}" + inner + "{% else %}n{% endfor %}";
        case 3 -> "{% for m in " + e + " recursive %}{{ loop(" + expression(1) + ") }}{% endfor %}";
        case 4 -> "{% set m = " + e + " %}" + inner;
        case 5 -> "{% set ns = namespace(a=" + e + ") %}{% set ns.a = " + expression(1) + " %}";
        case 6 -> "{% set m %}" + inner + "{% endset %}";
        case 7 -> "{% macro f(a, b=" + e + ") %}" + inner + "{{ f(a) }}{% endmacro %}{{ f(1) }}";
        case 8 -> "{% filter " + pick(names(Filters.names())) + " %}" + inner + "{% endfilter %}";
        case 9 ->
            "{% for m in messages %}"
                + inner
                + pick(List.of("{% break %}", "{% continue %}"))
                + "{% endfor %}";
        case 10 ->
            "{% macro g() %}{{ caller(1) }}{% endmacro %}{% call(a) g() %}"
                + inner
                + "{% endcall %}";
        case 11 -> "{{ raise_exception(" + e + ") }}";
        default -> "{{- " + e + " -}}";
      };
    }

    String expression(int depth) {
      if (depth == 0) {
        return pick(ATOMS);
      }
      String e = expression(depth - 1);
      return switch (random.nextInt(12)) {
        case 0, 1 -> "(" + e + " " + pick(BINARY) + " " + expression(depth - 1) + ")";
        case 2, 3 -> "(" + e + ")|" + pick(names(Filters.names())) + arguments(depth);
        case 4 -> "(" + e + ") is " + pick(names(Tests.names()));
        case 5, 6 -> "(" + e + ")." + method() + "(" + inner(depth) + ")";
        case 7 -> "(" + e + ")[" + expression(depth - 1) + "]";
        case 8 -> "(" + e + ")[" + expression(0) + ":" + expression(0) + ":" + expression(0) + "]";
        case 9 -> "(" + e + " if " + expression(0) + " else " + expression(0) + ")";
        case 10 -> "[" + e + ", " + expression(0) + "]";
        default -> "{" + e + ": " + expression(0) + "}";
      };
    }

    private String method() {
      return pick(
          pick(
              List.of(
                  names(StringMethods.names()),
                  names(ListMethods.names()),
                  names(DictMethods.names()))));
    }

    private String arguments(int depth) {
      return random.nextBoolean() ? "" : "(" + inner(depth) + ")";
    }

    private String inner(int depth) {
      return switch (random.nextInt(4)) {
        case 0 -> "";
        case 1 -> expression(depth - 1);
        case 2 -> expression(depth - 1) + ", " + expression(0);
        default ->
            pick(List.of("indent=", "attribute=", "width=", "reverse=", "start=", "x="))
                + expression(0);
      };
    }

    private static List<String> names(java.util.Collection<String> names) {
      List<String> sorted = new ArrayList<>(names);
      sorted.sort(null);
      return sorted;
    }
  }
}
