package dev.lamina.text.tokenizer;

import dev.lamina.gguf.TextArray;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * SentencePiece's byte-pair kind: of all neighbors that together are a token, the pair with the
 * best score merges first; what is no token in the end is spelled in byte tokens.
 */
final class SpmEncoder implements TextEncoder {
  private static final char SPACE = '▁';
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private final TokenTable tokens;
  private final boolean addSpace;

  /** Every token's place in the order of falling scores; equal scores have equal ranks. */
  private final int[] ranks;

  /** The token of each byte. */
  private final int[] byteTokens = new int[256];

  private final Neighbors neighbors = new Neighbors();
  private final WordCache cache = new WordCache();

  /**
   * @param scores one per token, none of them NaN
   * @param unknown token for bytes that have none
   */
  SpmEncoder(TokenTable tokens, float[] scores, int unknown, boolean addSpace) {
    this.tokens = tokens;
    this.addSpace = addSpace;
    ranks = ranks(scores);
    for (int b = 0; b < 256; b++) {
      byte[] text = {'<', '0', 'x', HEX[b >> 4], HEX[b & 15], '>'};
      int id = tokens.find(text, 0, text.length);
      byteTokens[b] = id >= 0 ? id : unknown;
    }
    TextArray pieces = tokens.pieces();
    for (int id = 0; id < pieces.size(); id++) {
      neighbors.addAll(pieces.bytes(), pieces.start(id), pieces.end(id));
    }
  }

  private static int[] ranks(float[] scores) {
    long[] order = new long[scores.length];
    for (int id = 0; id < order.length; id++) {
      int bits = Float.floatToIntBits(scores[id] + 0.0f); // -0 is 0
      int ascending = bits ^ bits >> 31 & 0x7FFFFFFF;
      order[id] = (long) ~ascending << 32 | id;
    }
    Arrays.sort(order);
    int[] result = new int[order.length];
    int rank = 0;
    for (int i = 0; i < order.length; i++) {
      rank += i > 0 && order[i] >> 32 != order[i - 1] >> 32 ? 1 : 0;
      result[(int) order[i]] = rank;
    }
    return result;
  }

  @Override
  public void encode(String text, boolean first, IntList out) {
    String escaped = text.replace(' ', SPACE);
    if (addSpace && first) {
      escaped = SPACE + escaped;
    }
    Word word = new Word(escaped.getBytes(StandardCharsets.UTF_8));
    int from = 0;
    int start = 0; // where the word begins in UTF-8
    while (from < escaped.length()) {
      int to = neighbors.endOfWord(escaped, from);
      int end = start + Utf8.length(escaped, from, to);
      int[] known = cache.get(escaped, from, to);
      if (known != null) {
        out.addAll(known);
      } else {
        int before = out.size();
        word.encode(start, end, out);
        cache.put(escaped, from, to, out.toArray(before));
      }
      from = to;
      start = end;
    }
  }

  @Override
  public byte[] decode(String piece) {
    return piece.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean addsSpace() {
    return addSpace;
  }

  /**
   * Which characters stand side by side within some token. Nothing merges across two that do not,
   * so that text can be cut there without a change to the result. The set may hold pairs that it
   * was not given, which only makes words longer.
   */
  private static final class Neighbors {
    private static final int BITS = 20;

    private final long[] set = new long[1 << BITS - 6];

    void addAll(byte[] utf8, int from, int to) {
      int previous = -1;
      for (int i = from; i < to; i += Utf8.lengthFrom(utf8[i])) {
        int c = Utf8.codePoint(utf8, i);
        if (previous >= 0) {
          int bit = bit(previous, c);
          set[bit >> 6] |= 1L << bit;
        }
        previous = c;
      }
    }

    int endOfWord(String text, int from) {
      int previous = text.codePointAt(from);
      int at = from + Character.charCount(previous);
      while (at < text.length()) {
        int c = text.codePointAt(at);
        int bit = bit(previous, c);
        if ((set[bit >> 6] & 1L << bit) == 0) {
          return at;
        }
        previous = c;
        at += Character.charCount(c);
      }
      return at;
    }

    private static int bit(int left, int right) {
      return (left * 0x9E3779B9 ^ right * 0x85EBCA6B) * 0xC2B2AE35 >>> 32 - BITS;
    }
  }

  /** The characters of one word and what they merge to; the values are where they begin. */
  private final class Word extends SymbolMerger {
    private final byte[] text;
    private int end;

    /**
     * @param text all words, as UTF-8
     */
    Word(byte[] text) {
      this.text = text;
    }

    void encode(int from, int to, IntList out) {
      int length = 0;
      for (int at = from; at < to; at += Utf8.lengthFrom(text[at])) {
        length++;
      }
      begin(length);
      end = to;
      int at = from;
      for (int i = 0; i < length; i++) {
        setValue(i, at);
        at += Utf8.lengthFrom(text[at]);
      }
      mergeAll(length);
      for (int i = 0; i >= 0; i = next(i)) {
        emit(value(i), endOf(i), out);
      }
    }

    private int endOf(int symbol) {
      int after = next(symbol);
      return after < 0 ? end : value(after);
    }

    private void emit(int from, int to, IntList out) {
      int id = tokens.find(text, from, to);
      if (id >= 0) {
        out.add(id);
        return;
      }
      for (int i = from; i < to; i++) {
        out.add(byteTokens[text[i] & 0xFF]);
      }
    }

    @Override
    int rank(int left, int right) {
      int id = tokens.find(text, value(left), endOf(right));
      return id < 0 ? -1 : ranks[id];
    }

    @Override
    void merge(int left, int rank) {
      // a symbol reaches to where the next begins
    }
  }
}
