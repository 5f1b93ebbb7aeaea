package dev.lamina.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as llama-bench takes them: {@code 512}, {@code 1,2,4}, and ranges. */
public final class NumberList {
  private static final Pattern RANGE =
      Pattern.compile("(\\d{1,9})(?:-(\\d{1,9})(?:([+*])(\\d{1,9}))?)?");

  /** More than anyone measures; a typo must not fill the memory. */
  private static final int MOST = 10_000;

  private NumberList() {}

  /**
   * @param option its name, for messages
   * @param texts lists with commas; parts may be ranges {@code first-last}, {@code
   *     first-last+step}, {@code first-last*factor}
   * @throws IllegalArgumentException if a part is malformed or a range has no end or no number in
   *     it
   */
  public static List<Integer> parse(String option, List<String> texts) {
    List<Integer> numbers = new ArrayList<>();
    for (String text : texts) {
      for (String part : text.split(",", -1)) {
        add(numbers, option, part.strip());
      }
    }
    return List.copyOf(numbers);
  }

  private static void add(List<Integer> numbers, String option, String part) {
    Matcher matcher = RANGE.matcher(part);
    if (!matcher.matches()) {
      throw malformed(option, part, "expected a number or a range: 8, 1-8, 2-8+2 or 1-8*2");
    }
    int first = Integer.parseInt(matcher.group(1));
    int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
    int step = matcher.group(4) == null ? 1 : Integer.parseInt(matcher.group(4));
    boolean factor = "*".equals(matcher.group(3));
    if (first > last) {
      throw malformed(option, part, "which begins after its end");
    }
    for (long value = first, next; value <= last; value = next) {
      next = factor ? value * step : value + step;
      if (next <= value) {
        throw malformed(option, part, "which never gets to its end");
      }
      if (numbers.size() == MOST) {
        throw malformed(option, part, "which makes more than " + MOST + " numbers");
      }
      numbers.add((int) value);
    }
  }

  private static IllegalArgumentException malformed(String option, String part, String reason) {
    return new IllegalArgumentException(option + " is '" + part + "', " + reason);
  }
}
