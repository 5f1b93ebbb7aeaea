package dev.lamina.text.tokenizer;

import static dev.lamina.text.tokenizer.UnicodeClass.LETTER;
import static dev.lamina.text.tokenizer.UnicodeClass.NUMBER;

/**
 * The regular expression of tekken and gpt-4o, which also cuts where lower case meets upper case,
 * in the form that llama.cpp gives it: letters beyond ASCII are of both cases. {@code
 * [^\r\n\p{L}\p{N}]?U*L+(contraction)?|[^\r\n\p{L}\p{N}]?U+L*(contraction)?|\p{N}{1,3}|
 * ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+} with U for {@code [^a-z]} and L for {@code
 * [^A-Z]} among letters.
 *
 * @param maxDigits in place of 3
 * @param contractions whether a word takes a contraction with it
 */
record CasedWordRule(int maxDigits, boolean contractions) implements SplitRule.Matcher {

  @Override
  public int match(CodePoints text, int at, int end) {
    if (text.is(at, NUMBER)) {
      return text.endOfRun(at, Math.min(end, at + maxDigits), NUMBER);
    }
    int start = text.is(at, LETTER) || SplitRules.isNewline(text, at) ? at : at + 1;
    if (start < end && text.is(start, LETTER)) {
      int wordEnd = endOfWord(text, start, end);
      return contractions && wordEnd < end
          ? SplitRules.contraction(text, wordEnd, end, true)
          : wordEnd;
    }
    int first = SplitRules.afterBlank(text, at, end);
    int others = SplitRules.endOfOthers(text, first, end);
    return others > first
        ? SplitRules.endOfAny(text, others, end, "\r\n/")
        : SplitRules.spacesOrLines(text, at, end);
  }

  private static int endOfWord(CodePoints text, int start, int end) {
    int upperEnd = start;
    while (upperEnd < end && text.is(upperEnd, LETTER) && !isAsciiLower(text.value(upperEnd))) {
      upperEnd++;
    }
    int p = upperEnd;
    while (p < end && text.is(p, LETTER) && !isAsciiUpper(text.value(p))) {
      p++;
    }
    if (p > upperEnd) {
      return p;
    }
    while (p > start && isAsciiUpper(text.value(p - 1))) { // no lower case follows: look back
      p--;
    }
    return p > start ? p : upperEnd;
  }

  private static boolean isAsciiLower(int c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isAsciiUpper(int c) {
    return c >= 'A' && c <= 'Z';
  }
}
