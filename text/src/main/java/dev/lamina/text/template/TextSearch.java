package dev.lamina.text.template;

/**
 * {@code indexOf} in linear time. The plain search of {@link String} takes time in the product of
 * both lengths when both repeat themselves, which an untrusted template can arrange.
 */
final class TextSearch {
  /** Up to this length the plain search is linear enough, and faster. */
  private static final int SHORT = 32;

  private TextSearch() {}

  /** Counts a search through the whole text. */
  static void charge(String text, String part, Budget budget) {
    // The plain search may compare the whole part at each place.
    budget.scan((long) text.length() * (1 + Math.min(part.length(), SHORT) / 4));
  }

  static int indexOf(String text, String part, int from) {
    if (part.length() <= SHORT) {
      return text.indexOf(part, from);
    }
    return search(text, from, text.length() - from, part, 1);
  }

  /** Position of the last occurrence that starts at or before {@code from}, or -1. */
  static int lastIndexOf(String text, String part, int from) {
    if (part.length() <= SHORT) {
      return text.lastIndexOf(part, from);
    }
    int end = Math.min(text.length(), from + part.length());
    int last = search(text, end - 1, end, part, -1);
    return last < 0 ? -1 : last - part.length() + 1;
  }

  /**
   * Knuth, Morris and Pratt's search over {@code count} characters from {@code first} in steps of
   * {@code step}; backwards it looks for the part from its end.
   *
   * @return where the first character compared of the match lies, or -1
   */
  private static int search(String text, int first, int count, String part, int step) {
    int[] borders = borders(part, step);
    int partFirst = step > 0 ? 0 : part.length() - 1;
    int matched = 0;
    for (int i = 0; i < count; i++) {
      char c = text.charAt(first + i * step);
      while (matched > 0 && c != part.charAt(partFirst + matched * step)) {
        matched = borders[matched - 1];
      }
      if (c == part.charAt(partFirst + matched * step)) {
        matched++;
      }
      if (matched == part.length()) {
        return first + (i - matched + 1) * step;
      }
    }
    return -1;
  }

  /** For each prefix in the direction of {@code step}, the length of its longest proper border. */
  private static int[] borders(String part, int step) {
    int first = step > 0 ? 0 : part.length() - 1;
    int[] borders = new int[part.length()];
    int length = 0;
    for (int i = 1; i < part.length(); i++) {
      char c = part.charAt(first + i * step);
      while (length > 0 && c != part.charAt(first + length * step)) {
        length = borders[length - 1];
      }
      if (c == part.charAt(first + length * step)) {
        length++;
      }
      borders[i] = length;
    }
    return borders;
  }
}
