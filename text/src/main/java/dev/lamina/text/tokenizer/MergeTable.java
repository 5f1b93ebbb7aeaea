package dev.lamina.text.tokenizer;

import dev.lamina.gguf.TextArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The merges of a byte-pair encoding: a pair of symbols to its rank and to the symbol that it
 * becomes. Symbols are the tokens by their ids; from there on, texts that merges or the byte
 * alphabet name but that are no tokens.
 *
 * <p>Merges are found by their texts, and what they become is looked up at their first use: a model
 * has as many merges as tokens, and a prompt uses few of them. Safe for several threads.
 */
final class MergeTable implements MergeIndex.Symbols {
  private final TokenTable tokens;
  private final MergeIndex index;
  private final TextArray merges;

  /** Symbols that are no tokens; guarded by itself, as is the list. */
  private final Map<String, Integer> others = new HashMap<>();

  private final List<byte[]> otherTexts = new ArrayList<>();
  private final int[] byteSymbols = new int[256];

  /** What each merge becomes, plus 1; 0 until it is used. Threads that meet find the same. */
  private final int[] merged;

  MergeTable(TokenTable tokens, ByteAlphabet alphabet, MergeIndex index) {
    this.tokens = tokens;
    this.index = index;
    this.merges = index.merges();
    for (int b = 0; b < 256; b++) {
      byte[] utf8 = String.valueOf(alphabet.character(b)).getBytes(StandardCharsets.UTF_8);
      byteSymbols[b] = symbol(utf8, 0, utf8.length);
    }
    merged = new int[merges.size()];
  }

  private int symbol(byte[] utf8, int from, int to) {
    int id = tokens.find(utf8, from, to);
    return id >= 0 ? id : other(new String(utf8, from, to - from, StandardCharsets.UTF_8));
  }

  /** The symbol of a text that is no token. */
  private int other(String text) {
    synchronized (others) {
      Integer known = others.putIfAbsent(text, tokens.size() + otherTexts.size());
      if (known != null) {
        return known;
      }
      otherTexts.add(text.getBytes(StandardCharsets.UTF_8));
      return tokens.size() + otherTexts.size() - 1;
    }
  }

  private byte[] otherText(int symbol) {
    synchronized (others) {
      return otherTexts.get(symbol - tokens.size());
    }
  }

  /** The symbol that a byte starts as. */
  int byteSymbol(int b) {
    return byteSymbols[b];
  }

  /** Rank of the merge of two symbols, or -1. */
  int rank(int left, int right) {
    return index.rank(left, hash(left), right, hash(right), this);
  }

  private int hash(int symbol) {
    if (symbol < tokens.size()) {
      return tokens.hash(symbol);
    }
    byte[] text = otherText(symbol);
    return TextHash.of(text, 0, text.length);
  }

  @Override
  public boolean is(int symbol, byte[] utf8, int from, int to) {
    if (symbol < tokens.size()) {
      return tokens.pieces().is(symbol, utf8, from, to);
    }
    byte[] text = otherText(symbol);
    return Arrays.equals(text, 0, text.length, utf8, from, to);
  }

  /** The symbol that a merge gives. */
  int merged(int rank) {
    if (merged[rank] == 0) {
      int from = merges.start(rank);
      int to = merges.end(rank);
      int space = index.space(rank);
      byte[] joined = new byte[to - from - 1];
      System.arraycopy(merges.bytes(), from, joined, 0, space - from);
      System.arraycopy(merges.bytes(), space + 1, joined, space - from, to - space - 1);
      merged[rank] = symbol(joined, 0, joined.length) + 1;
    }
    return merged[rank] - 1;
  }

  /**
   * Adds the tokens of a symbol: the symbol itself, or the tokens of its characters if the symbol
   * is none (a merge need not give a token); characters without a token are left out.
   */
  void emit(int symbol, IntList out) {
    if (symbol < tokens.size()) {
      out.add(symbol);
      return;
    }
    byte[] text = otherText(symbol);
    int end;
    for (int i = 0; i < text.length; i = end) {
      end = i + Utf8.lengthFrom(text[i]);
      int id = tokens.find(text, i, end);
      if (id >= 0) {
        out.add(id);
      }
    }
  }
}
