package dev.lamina.text.tokenizer;

import static dev.lamina.text.tokenizer.SplitRule.each;
import static dev.lamina.text.tokenizer.UnicodeClass.LETTER;
import static dev.lamina.text.tokenizer.UnicodeClass.MARK;
import static dev.lamina.text.tokenizer.UnicodeClass.NUMBER;
import static dev.lamina.text.tokenizer.UnicodeClass.PUNCTUATION;
import static dev.lamina.text.tokenizer.UnicodeClass.SYMBOL;

/** The rules of the tokenizers that DeepSeek publishes. */
final class DeepSeekRules {
  /** Letters of the cased alphabets. */
  private static final int[] LETTERS =
      UnicodeClass.ranges(
          "41-5A 61-7A B5-B5 C0-D6 D8-F6 F8-1BA 1BC-1BF 1C4-293 295-2AF 370-373 376-377"
              + " 37B-37D 37F-37F 386-386 388-38A 38C-38C 38E-3A1 3A3-3F5 3F7-481 48A-52F"
              + " 531-556 10A0-10C5 13A0-13F5 13F8-13FD 1C90-1CBA 1CBD-1CBF 1D00-1D2B 1D6B-1D77"
              + " 1D79-1D9A 1E00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59-1F59"
              + " 1F5B-1F5B 1F5D-1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FBC 1FBE-1FBE 1FC2-1FC4"
              + " 1FC6-1FCC 1FD0-1FD3 1FD6-1FDB 1FE0-1FEC 1FF2-1FF4 1FF6-1FFC 2102-2102"
              + " 2107-2107 210A-2113 2115-2115 2119-211D 2124-2124 2126-2126 2128-2128"
              + " 212A-212D 212F-2134 2139-2139 213C-213F 2145-2149 214E-214E 2183-2184"
              + " 2C00-2C7B 2C7E-2CE4 2CEB-2CEE 2CF2-2CF3 A640-A66D A680-A69B A722-A76F"
              + " A771-A787 A78B-A78E AB70-ABBF FB00-FB06 FB13-FB17 FF21-FF3A FF41-FF5A"
              + " 10400-1044F 104B0-104D3 104D8-104FB 10C80-10CB2 10CC0-10CF2 118A0-118DF"
              + " 1E900-1E943");

  private static final int[] PUNCTUATIONS =
      UnicodeClass.ranges("21-2F 3A-7E 2018-201F 3000-3002 FF01-FF0F FF1A-FF5E");

  private static final int[] CJK = UnicodeClass.ranges("800-9FA5 AC00-D7FF");
  private static final int[] HAN_AND_KANA = UnicodeClass.ranges("3040-309F 30A0-30FF 4E00-9FA5");

  private DeepSeekRules() {}

  static SplitRule[] llm() {
    return new SplitRule[] {
      each(SplitRules::newline),
      each(SplitRules.spaceAndRanges(LETTERS)),
      each(SplitRules.spaceAndRanges(PUNCTUATIONS)),
      SplitRules::trailingSpaces,
      each(SplitRules.ranges(CJK)),
      each(SplitRules.run(NUMBER, Integer.MAX_VALUE))
    };
  }

  static SplitRule[] coder() {
    return new SplitRule[] {
      each(SplitRules::newline),
      each(SplitRules.spaceAndRun(LETTER)),
      each(SplitRules.spaceAndRun(PUNCTUATION)),
      each(SplitRules.ranges(CJK)),
      each(SplitRules.run(NUMBER, 1))
    };
  }

  static SplitRule[] v3() {
    return new SplitRule[] {
      each(SplitRules.run(NUMBER, 3)),
      each(SplitRules.ranges(HAN_AND_KANA)),
      each(DeepSeekRules::v3Word)
    };
  }

  /**
   * {@code [ASCII punctuation][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|
   * ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}.
   */
  private static int v3Word(CodePoints text, int at, int end) {
    if (isPunctuation(text, at) && text.value(at) < 128) {
      int letters = endOfAsciiLetters(text, at + 1, end);
      if (letters > at + 1) {
        return letters;
      }
    }
    boolean maybePrefix =
        !text.is(at, LETTER) && !isPunctuation(text, at) && !SplitRules.isNewline(text, at);
    int start = maybePrefix && at + 1 < end && isLetter(text, at + 1) ? at + 1 : at;
    int p = start;
    while (p < end && isLetter(text, p)) {
      p++;
    }
    if (p > start) {
      return p;
    }
    int first = SplitRules.afterBlank(text, at, end);
    p = first;
    while (p < end && isPunctuation(text, p)) {
      p++;
    }
    return p > first
        ? SplitRules.endOfAny(text, p, end, "\r\n")
        : SplitRules.spacesOrLines(text, at, end);
  }

  private static boolean isLetter(CodePoints text, int at) {
    return text.is(at, LETTER) || text.is(at, MARK);
  }

  private static boolean isPunctuation(CodePoints text, int at) {
    return text.is(at, PUNCTUATION) || text.is(at, SYMBOL);
  }

  private static int endOfAsciiLetters(CodePoints text, int at, int end) {
    int p = at;
    while (p < end && text.is(p, LETTER) && text.value(p) < 128) {
      p++;
    }
    return p;
  }
}
