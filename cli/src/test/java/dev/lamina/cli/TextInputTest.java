package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextInputTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "a\\nb         | 61 a 62",
        "a\\tb\\r      | 61 9 62 d",
        "\\'\\\"\\\\   | 27 22 5c",
        "\\x41\\x7e    | 41 7e",
        "\\xg1         | 5c 78 67 31",
        "\\x4          | 5c 78 34",
        "\\q           | 5c 71",
        "end\\         | 65 6e 64 5c",
        "é\\n😀        | e9 a 1f600"
      })
  void escapesAreReadAsLlamaCppReadsThem(String text, String expected) {
    StringBuilder codePoints = new StringBuilder();
    TextInput.unescape(text)
        .codePoints()
        .forEach(c -> codePoints.append(Integer.toHexString(c)).append(' '));
    assertEquals(expected, codePoints.toString().strip());
  }
}
