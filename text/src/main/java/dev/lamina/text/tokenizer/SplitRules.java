package dev.lamina.text.tokenizer;

import static dev.lamina.text.tokenizer.UnicodeClass.LETTER;
import static dev.lamina.text.tokenizer.UnicodeClass.NUMBER;
import static dev.lamina.text.tokenizer.UnicodeClass.PUNCTUATION;
import static dev.lamina.text.tokenizer.UnicodeClass.SPACE;

import dev.lamina.text.tokenizer.SplitRule.Matcher;

/**
 * The regular expressions that published tokenizers split text with, written out as scanners: they
 * run in linear time on any text, which a backtracking engine does not.
 */
final class SplitRules {
  private SplitRules() {}

  /** GPT-2: {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}. */
  static int gpt2(CodePoints text, int at, int end) {
    int contraction = contraction(text, at, end, false);
    if (contraction > at) {
      return contraction;
    }
    int first = afterBlank(text, at, end);
    if (text.is(first, LETTER) || text.is(first, NUMBER)) {
      return text.endOfRun(first, end, text.unicodeClass(first));
    }
    if (!text.is(first, SPACE)) {
      return endOfOthers(text, first, end);
    }
    return spaces(text, at, end);
  }

  /** A run of one class, such as {@code \p{N}{1,max}}. */
  static Matcher run(byte unicodeClass, int max) {
    return (text, at, end) -> text.endOfRun(at, (int) Math.min(end, (long) at + max), unicodeClass);
  }

  /** {@code \s?\p{..}+}. */
  static Matcher spaceAndRun(byte unicodeClass) {
    return (text, at, end) -> {
      int first = text.is(at, SPACE) && at + 1 < end ? at + 1 : at;
      int runEnd = text.endOfRun(first, end, unicodeClass);
      return runEnd > first ? runEnd : at;
    };
  }

  /** {@code \s?[ranges]+}. */
  static Matcher spaceAndRanges(int[] ranges) {
    return (text, at, end) -> {
      int first = text.is(at, SPACE) && at + 1 < end ? at + 1 : at;
      int runEnd = endOfRanges(text, first, end, ranges);
      return runEnd > first ? runEnd : at;
    };
  }

  /** {@code [ranges]+}; like llama.cpp, white space beyond ASCII is in no range. */
  static Matcher ranges(int[] ranges) {
    return (text, at, end) -> endOfRanges(text, at, end, ranges);
  }

  /** {@code ?[^characters\s]+}. */
  static Matcher blankAndNone(String characters) {
    return (text, at, end) -> {
      int first = afterBlank(text, at, end);
      int p = first;
      while (p < end && !text.is(p, SPACE) && characters.indexOf(text.value(p)) < 0) {
        p++;
      }
      return p > first ? p : at;
    };
  }

  /** {@code [\p{P}extra]+}. */
  static Matcher punctuationOr(String extra) {
    return (text, at, end) -> {
      int p = at;
      while (p < end && (text.is(p, PUNCTUATION) || extra.indexOf(text.value(p)) >= 0)) {
        p++;
      }
      return p;
    };
  }

  /** {@code [0-9][0-9][0-9]}. */
  static int threeDigits(CodePoints text, int at, int end) {
    if (end - at < 3) {
      return at;
    }
    for (int p = at; p < at + 3; p++) {
      if (text.value(p) < '0' || text.value(p) > '9') {
        return at;
      }
    }
    return at + 3;
  }

  /** {@code [\r\n]}. */
  static int newline(CodePoints text, int at, int end) {
    return isNewline(text, at) ? at + 1 : at;
  }

  /** {@code \s+$}. */
  static void trailingSpaces(CodePoints text, int start, int end) {
    int p = end;
    while (p > start && text.is(p - 1, SPACE)) {
      p--;
    }
    if (p > start && p < end) {
      text.cut(p);
    }
  }

  /** {@code 's|'t|'re|'ve|'m|'ll|'d}. */
  static int contraction(CodePoints text, int at, int end, boolean anyCase) {
    if (text.value(at) != '\'' || at + 1 >= end) {
      return at;
    }
    int first = lower(text, at + 1, anyCase);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return at + 2;
    }
    if (at + 2 >= end) {
      return at;
    }
    int second = lower(text, at + 2, anyCase);
    boolean matches = second == 'e' ? first == 'r' || first == 'v' : first == 'l' && second == 'l';
    return matches ? at + 3 : at;
  }

  private static int lower(CodePoints text, int at, boolean anyCase) {
    int c = text.value(at);
    return anyCase && c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }

  /** Where {@code " ?"} ends, given that something must follow it. */
  static int afterBlank(CodePoints text, int at, int end) {
    return text.value(at) == ' ' && at + 1 < end ? at + 1 : at;
  }

  static boolean isNewline(CodePoints text, int at) {
    return text.value(at) == '\r' || text.value(at) == '\n';
  }

  /** {@code [^\s\p{L}\p{N}]}. */
  private static boolean isOther(CodePoints text, int at) {
    return !text.is(at, SPACE) && !text.is(at, LETTER) && !text.is(at, NUMBER);
  }

  static int endOfOthers(CodePoints text, int at, int end) {
    int p = at;
    while (p < end && isOther(text, p)) {
      p++;
    }
    return p;
  }

  /** End of the run of characters that are in a string. */
  static int endOfAny(CodePoints text, int at, int end, String characters) {
    int p = at;
    while (p < end && characters.indexOf(text.value(p)) >= 0) {
      p++;
    }
    return p;
  }

  private static int endOfRanges(CodePoints text, int at, int end, int[] ranges) {
    int p = at;
    while (p < end && !text.is(p, SPACE) && UnicodeClass.contains(ranges, text.value(p))) {
      p++;
    }
    return p;
  }

  /** {@code \s+(?!\S)|\s+}: leaves the last of several to the word that follows. */
  private static int spaces(CodePoints text, int at, int end) {
    int runEnd = text.endOfRun(at, end, SPACE);
    return runEnd < end && runEnd - at > 1 ? runEnd - 1 : runEnd;
  }

  /** {@code \s*[\r\n]+|\s+(?!\S)|\s+}. */
  static int spacesOrLines(CodePoints text, int at, int end) {
    int runEnd = text.endOfRun(at, end, SPACE);
    for (int p = runEnd; p > at; p--) {
      if (isNewline(text, p - 1)) {
        return p;
      }
    }
    return spaces(text, at, end);
  }
}
