package dev.lamina.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberListTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "512        | 512",
        "0          | 0",
        "1,2,4      | 1 2 4",
        "1-4        | 1 2 3 4",
        "8-16+4     | 8 12 16",
        "8-17+4,3   | 8 12 16 3",
        "2-16*2     | 2 4 8 16",
        "3-20*3, 1  | 3 9 1",
        "7-7        | 7",
        "999999999  | 999999999"
      })
  void listsAndRangesAreNumbers(String text, String expected) {
    List<String> numbers =
        NumberList.parse("-p", List.of(text)).stream().map(String::valueOf).toList();
    assertEquals(expected, String.join(" ", numbers));
  }

  @Test
  void occurrencesFollowEachOther() {
    assertEquals(List.of(8, 1, 2), NumberList.parse("-p", List.of("8", "1-2")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a       | expected a number",
        "8x      | expected a number",
        "1,      | expected a number",
        "-4      | expected a number",
        "1-2-3   | expected a number",
        "8-4     | begins after its end",
        "1-4+0   | never gets to its end",
        "1-4*1   | never gets to its end",
        "0-4*2   | never gets to its end",
        "1-99999 | more than 10000 numbers"
      })
  void malformedPartsAreNamed(String text, String reason) {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> NumberList.parse("-p", List.of("1", text)))
            .getMessage();
    assertTrue(message.startsWith("-p is '") && message.contains(reason), message);
  }
}
