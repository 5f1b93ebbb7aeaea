package dev.lamina.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Methods that change a value: published templates use them, although one sandbox refuses. */
class MutatingMethodsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "l.append(4) | [1, 2, 3, 4]",
        "l.extend('ab') | [1, 2, 3, \"a\", \"b\"]",
        "l.insert(1, 9) | [1, 9, 2, 3]",
        "l.insert(-9, 9) | [9, 1, 2, 3]",
        "l.pop() | [1, 2]",
        "l.pop(0) | [2, 3]",
        "l.remove(2) | [1, 3]",
        "l.reverse() | [3, 2, 1]",
        "l.sort(reverse=true) | [3, 2, 1]",
        "l.clear() | []"
      })
  void changesAList(String call, String expected) {
    assertEquals(
        expected,
        ChatTemplate.compile("{% set l = [1, 2, 3] %}{% set _ = " + call + " %}{{ l|tojson }}")
            .render(Map.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "d.update(b=2) | {\"a\": 1, \"b\": 2}",
        "d.update({'a': 2}) | {\"a\": 2}",
        "d.update([('c', 3)]) | {\"a\": 1, \"c\": 3}",
        "d.setdefault('a', 5) | {\"a\": 1}",
        "d.setdefault('b', 5) | {\"a\": 1, \"b\": 5}",
        "d.pop('a') | {}",
        "d.popitem() | {}",
        "d.clear() | {}"
      })
  void changesADict(String call, String expected) {
    assertEquals(
        expected,
        ChatTemplate.compile("{% set d = {'a': 1} %}{% set _ = " + call + " %}{{ d|tojson }}")
            .render(Map.of()));
  }

  @Test
  void failsAsPythonDoes() {
    for (String call : new String[] {"[].pop()", "[1].pop(5)", "[1].remove(2)", "{}.pop('a')"}) {
      ChatTemplate template = ChatTemplate.compile("{{ " + call + " }}");
      assertThrows(TemplateException.class, () -> template.render(Map.of()), call);
    }
  }
}
