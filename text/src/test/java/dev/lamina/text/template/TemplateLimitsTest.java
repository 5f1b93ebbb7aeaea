package dev.lamina.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile templates end in one line, soon. */
class TemplateLimitsTest {
  private static final TemplateLimits SMALL =
      new TemplateLimits(2_000_000, 60_000_000_000L, 1 << 20, 400);

  private static void assertRefused(String template, String reason) {
    TemplateException e =
        assertTimeoutPreemptively(
            Duration.ofSeconds(60),
            () ->
                assertThrows(
                    TemplateException.class,
                    () -> ChatTemplate.compile(template).withLimits(SMALL).render(Map.of())));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  static List<String> deepSources() {
    int n = 10_000;
    return List.of(
        "{{ " + "(".repeat(n) + "1" + ")".repeat(n) + " }}",
        "{{ " + "[".repeat(n) + "]".repeat(n) + " }}",
        "{{ " + "{1:".repeat(n) + "1" + "}".repeat(n) + " }}",
        "{{ " + "not ".repeat(n) + "1 }}",
        "{{ " + "-".repeat(n) + "1 }}",
        "{{ " + "a(".repeat(n) + ")".repeat(n) + " }}",
        "{{ " + "a[".repeat(n) + "1" + "]".repeat(n) + " }}",
        "{{ 1" + " if 0 else 1".repeat(n) + " }}",
        "{{ 1" + "+1".repeat(n) + " }}",
        "{{ a" + ".b".repeat(n) + " }}",
        "{{ ''" + "|upper".repeat(n) + " }}",
        "{% for " + "(".repeat(n) + "a" + ")".repeat(n) + " in [] %}{% endfor %}",
        "{% if 1 %}".repeat(n) + "{% endif %}".repeat(n),
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
        grown("[ns.x]", "{{ ns.x }}"),
        grown("[ns.x]", "{{ ns.x|tojson }}"),
        grown("[ns.x]", "{{ ns.x == [ns.x] }}"),
        grown("ns.x|map('string')", "{{ ns.x|list }}"),
        "{% set l = [] %}{% set _ = l.append(l) %}{{ l }}");
  }

  /** A value wrapped again and again, then used. */
  private static String grown(String step, String use) {
    return "{% set ns = namespace(x=[1]) %}{% for i in range(5000) %}{% set ns.x = "
        + step
        + " %}{% endfor %}"
        + use;
  }

  @ParameterizedTest
  @MethodSource("deepSources")
  void depthIsBounded(String template) throws InterruptedException {
    // On a stack half the default size, so that the limit and not the stack stops it.
    Throwable[] thrown = new Throwable[1];
    Thread thread =
        new Thread(null, () -> assertRefused(template, " levels)"), "small stack", 512 * 1024);
    thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
    thread.start();
    thread.join();
    assertEquals(null, thrown[0]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% set l = [1] %}{% for x in l %}{% set _ = l.append(x) %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}"
            + "{% endfor %}",
        "{% set ns = namespace(x=[1],y=[1]) %}{% for i in range(99) %}"
            + "{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}"
            + "{{ ns.x == ns.y }}",
        "{% for i in range(100000) %}{% set x = range(100000)|list|sort %}{% endfor %}",
        "{% set s = 'a'*1000000 %}{% for i in range(100000) %}{{ 'b' in s }}{% endfor %}",
        "{{ [1] * 1000000000 }}",
        "{{ [1]|batch(1000000000, 'x')|list }}"
      })
  void timeIsBounded(String template) {
    assertRefused(template, "too long");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 'x' * 1000000000 }}",
        "{% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}",
        "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}"
            + "{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}"
            + "{% endfor %}{{ ns.x }}",
        "{{ 'a'.center(1000000000) }}",
        "{{ '%99999999d' % 5 }}",
        "{{ '{:99999999}'.format(5) }}",
        "{{ 'a\\nb'|indent(1000000000) }}",
        "{{ [[1]]|tojson(indent=1000000000) }}",
        "{{ ('a'*100000)|replace('a', 'b'*1000) }}",
        "{{ range(100000)|join('x'*10000) }}",
        "{{ ('<'*1000000)|e }}"
      })
  void outputIsBounded(String template) {
    assertRefused(template, "characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ range(1000000000) }}",
        "{{ 10**(10**10) }}",
        "{{ 2**9999 }}",
        "{{ 9999999999999999999999999999999999999**999 }}",
        "{{ '%.99999999f' % 1 }}",
        "{{ {(1,)*100: 1} }}"
      })
  void sizesAreBounded(String template) {
    assertRefused(template, "chat template, line 1: ");
  }

  @Test
  void longTextIsSearchedInLinearTime() {
    String half = "{% set s = 'a' * 1000000 %}{% set p = 'a' * 500000 ~ 'b' %}";
    for (String use :
        List.of("p in s", "s.rfind(p)", "s.replace(p, '')|length", "s.rsplit(p)|length")) {
      ChatTemplate template = ChatTemplate.compile(half + "{{ " + use + " }}");
      assertTimeoutPreemptively(Duration.ofSeconds(60), () -> template.render(Map.of()));
    }
  }

  @Test
  void overlongSourceIsRefused() {
    String source = "a".repeat(TemplateLimits.MAX_SOURCE + 1);
    assertThrows(TemplateException.class, () -> ChatTemplate.compile(source));
  }

  @Test
  void aMessageIsOneShortLineWithTheLineNumber() {
    TemplateException e =
        assertThrows(
            TemplateException.class,
            () ->
                ChatTemplate.compile("a\n{{ raise_exception('b\nc' ~ 'd' * 100000) }}")
                    .render(Map.of()));
    assertTrue(e.getMessage().startsWith("chat template, line 2: b cddd"), e.getMessage());
    assertTrue(e.getMessage().length() < 600);
    e =
        assertThrows(
            TemplateException.class, () -> ChatTemplate.compile("a\nb\n{% if x %}\n{% endfor %}"));
    assertTrue(e.getMessage().startsWith("chat template, line 4: unknown tag"), e.getMessage());
  }

  @Test
  void messagesAreSentences() {
    for (String[] pair :
        new String[][] {
          {"{{", "unexpected end of the template"},
          {"{{ 1 + }}", "unexpected '}}'"},
          {"{% if", "unexpected end of the template"},
        }) {
      String message =
          assertThrows(TemplateException.class, () -> ChatTemplate.compile(pair[0])).getMessage();
      assertTrue(message.contains(pair[1]), message);
    }
  }
}
