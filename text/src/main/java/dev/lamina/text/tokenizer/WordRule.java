package dev.lamina.text.tokenizer;

import static dev.lamina.text.tokenizer.UnicodeClass.LETTER;
import static dev.lamina.text.tokenizer.UnicodeClass.MARK;
import static dev.lamina.text.tokenizer.UnicodeClass.NUMBER;
import static dev.lamina.text.tokenizer.UnicodeClass.SPACE;

/**
 * The regular expression of Llama 3 and its kin: {@code
 * (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
 * ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}.
 *
 * @param maxDigits in place of 3
 * @param marks {@code \p{M}} counts among letters
 * @param trailing what punctuation takes with it, in place of {@code \r\n}
 */
record WordRule(int maxDigits, boolean marks, String trailing) implements SplitRule.Matcher {

  static WordRule withDigits(int maxDigits) {
    return new WordRule(maxDigits, false, "\r\n");
  }

  @Override
  public int match(CodePoints text, int at, int end) {
    int contraction = SplitRules.contraction(text, at, end, true);
    if (contraction > at) {
      return contraction;
    }
    if (text.is(at, NUMBER)) {
      return text.endOfRun(at, (int) Math.min(end, (long) at + maxDigits), NUMBER);
    }
    boolean maybePrefix = !text.is(at, LETTER) && !SplitRules.isNewline(text, at);
    if (maybePrefix && at + 1 < end && isLetter(text, at + 1)) {
      return endOfLetters(text, at + 1, end);
    }
    if (isLetter(text, at)) {
      return endOfLetters(text, at, end);
    }
    int first = SplitRules.afterBlank(text, at, end);
    int others = endOfOthers(text, first, end);
    return others > first
        ? SplitRules.endOfAny(text, others, end, trailing)
        : SplitRules.spacesOrLines(text, at, end);
  }

  private boolean isLetter(CodePoints text, int at) {
    return text.is(at, LETTER) || marks && text.is(at, MARK);
  }

  private int endOfLetters(CodePoints text, int at, int end) {
    int p = at;
    while (p < end && isLetter(text, p)) {
      p++;
    }
    return p;
  }

  private int endOfOthers(CodePoints text, int at, int end) {
    int p = at;
    while (p < end && !isLetter(text, p) && !text.is(p, NUMBER) && !text.is(p, SPACE)) {
      p++;
    }
    return p;
  }
}
