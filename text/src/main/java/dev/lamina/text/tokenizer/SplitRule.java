package dev.lamina.text.tokenizer;

/**
 * One step of a pre-tokenizer: cuts every word that earlier steps have left into smaller ones. A
 * rule sees nothing outside of the word that it is given.
 */
@FunctionalInterface
interface SplitRule {
  /** Cuts the word {@code [start, end)} of the text; in time linear in its length. */
  void split(CodePoints text, int start, int end);

  /** Where a regular expression matches. */
  @FunctionalInterface
  interface Matcher {
    /**
     * End of the match that begins at {@code at} and lies before {@code end}; {@code at} if there
     * is none.
     */
    int match(CodePoints text, int at, int end);
  }

  /**
   * Searches for matches from left to right; each becomes a word, and so does what lies between.
   */
  static SplitRule each(Matcher matcher) {
    return (text, start, end) -> {
      int at = start;
      while (at < end) {
        int matchEnd = matcher.match(text, at, end);
        if (matchEnd > at) {
          text.cut(at);
          text.cut(matchEnd);
          at = matchEnd;
        } else {
          at++;
        }
      }
    };
  }
}
