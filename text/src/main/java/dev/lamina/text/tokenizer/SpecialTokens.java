package dev.lamina.text.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Finds special tokens written out in text: the longest token first, everywhere, then shorter ones
 * in what is left, as llama.cpp does.
 */
final class SpecialTokens {
  static final int SPECIAL =
      TokenAttributes.CONTROL | TokenAttributes.USER_DEFINED | TokenAttributes.UNKNOWN;

  /** Those that are only found on request; the others, user-defined ones, always are. */
  private static final int ON_REQUEST = TokenAttributes.CONTROL | TokenAttributes.UNKNOWN;

  private final GgufVocabulary vocabulary;

  /** Texts of the special tokens in the order of {@link String#compareTo}, and their ids. */
  private final String[] sorted;

  private final int[] ids;

  /** Every token's place in the order in which they are searched for. */
  private final int[] priorities;

  private final BitSet firstCharacters = new BitSet();

  SpecialTokens(GgufVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    List<Integer> special = new ArrayList<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.has(id, SPECIAL) && !vocabulary.piece(id).isEmpty()) {
        special.add(id);
        firstCharacters.set(vocabulary.piece(id).charAt(0));
      }
    }
    special.sort(Comparator.comparing(vocabulary::piece));
    sorted = special.stream().map(vocabulary::piece).toArray(String[]::new);
    ids = special.stream().mapToInt(i -> i).toArray();
    priorities = byLength();
  }

  private int[] byLength() {
    Integer[] order = new Integer[sorted.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        Comparator.comparingInt((Integer i) -> -utf8Length(sorted[i]))
            .thenComparingInt(i -> ids[i]));
    int[] result = new int[sorted.length];
    for (int i = 0; i < order.length; i++) {
      result[i] = order[i];
    }
    return result;
  }

  private static int utf8Length(String text) {
    return text.codePoints().map(Utf8::length).sum();
  }

  /**
   * A stretch of text.
   *
   * @param id the special token that it is, or -1 for plain text
   */
  record Fragment(int from, int to, int id) {}

  /**
   * Parts of the text in order; white space that a token takes is in none of them.
   *
   * @param all false to find user-defined tokens only
   */
  List<Fragment> split(String text, boolean all) {
    List<Fragment> fragments = new ArrayList<>();
    if (text.isEmpty()) {
      return fragments;
    }
    fragments.add(new Fragment(0, text.length(), -1));
    BitSet present = present(text, all);
    if (!present.isEmpty()) {
      for (int token : priorities) {
        if (present.get(token)) {
          fragments = split(text, fragments, sorted[token], ids[token]);
        }
      }
    }
    return fragments;
  }

  /** Which special tokens, by their place in {@link #sorted}, occur anywhere. */
  private BitSet present(String text, boolean all) {
    BitSet result = new BitSet();
    for (int i = 0; i < text.length(); i++) {
      if (firstCharacters.get(text.charAt(i))) {
        addPresent(text, i, all, result);
      }
    }
    return result;
  }

  /** Walks down the sorted texts, character by character, as in a trie. */
  private void addPresent(String text, int from, boolean all, BitSet result) {
    int low = 0;
    int high = sorted.length;
    for (int depth = 0; low < high && from + depth < text.length(); depth++) {
      char c = text.charAt(from + depth);
      low = firstAtLeast(low, high, depth, c);
      high = firstAtLeast(low, high, depth, c + 1);
      for (int i = low; i < high && sorted[i].length() == depth + 1; i++) {
        if (all || !vocabulary.has(ids[i], ON_REQUEST)) {
          result.set(i);
        }
      }
    }
  }

  /**
   * First place in [low, high) with a character of at least c at the depth; all texts agree before
   * it.
   */
  private int firstAtLeast(int low, int high, int depth, int c) {
    int from = low;
    int to = high;
    while (from < to) {
      int middle = from + to >>> 1;
      String text = sorted[middle];
      if (text.length() > depth && text.charAt(depth) >= c) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }

  private List<Fragment> split(String text, List<Fragment> fragments, String token, int id) {
    List<Fragment> result = new ArrayList<>(fragments.size() + 2);
    for (Fragment fragment : fragments) {
      int from = fragment.from;
      int match = fragment.id < 0 ? text.indexOf(token, from, fragment.to) : -1;
      if (match < 0) {
        result.add(fragment);
        continue;
      }
      while (match >= 0) {
        addPlain(result, from, match);
        from = match + token.length();
        result.add(new Fragment(match, from, id));
        if (vocabulary.has(id, TokenAttributes.STRIP_RIGHT)) {
          from = skipSpaces(text, from, fragment.to);
        }
        match = text.indexOf(token, from, fragment.to);
      }
      addPlain(result, from, fragment.to);
    }
    return result;
  }

  private static void addPlain(List<Fragment> result, int from, int to) {
    if (from < to) {
      result.add(new Fragment(from, to, -1));
    }
  }

  /** White space as C's {@code isspace} sees it. */
  private static int skipSpaces(String text, int from, int to) {
    int p = from;
    while (p < to && (text.charAt(p) == ' ' || text.charAt(p) >= 9 && text.charAt(p) <= 13)) {
      p++;
    }
    return p;
  }
}
