package dev.lamina.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextSearchTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void findsWhatStringFinds(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      String text = text(random, random.nextInt(200));
      int from = random.nextInt(text.length() + 2);
      int start = random.nextInt(text.length() + 1);
      String part =
          random.nextBoolean()
              ? text.substring(start, Math.min(text.length(), start + 33 + random.nextInt(40)))
              : text(random, 33 + random.nextInt(20));
      String message = "seed " + seed + " text " + text + " part " + part + " from " + from;
      assertEquals(text.indexOf(part, from), TextSearch.indexOf(text, part, from), message);
      assertEquals(text.lastIndexOf(part, from), TextSearch.lastIndexOf(text, part, from), message);
    }
  }

  /** Repeats itself often. */
  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append("ab".repeat(random.nextInt(12))).append(random.nextBoolean() ? "a" : "c");
    }
    return text.toString();
  }
}
