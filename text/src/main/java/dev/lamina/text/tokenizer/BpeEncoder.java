package dev.lamina.text.tokenizer;

/** Byte-level byte-pair encoding: words by the pre-tokenizer, bytes of a word by merges. */
final class BpeEncoder implements TextEncoder {
  private final TokenTable tokens;
  private final PreTokenizer preTokenizer;
  private final MergeTable merges;
  private final ByteAlphabet alphabet;
  private final WordCache cache = new WordCache();

  BpeEncoder(
      TokenTable tokens, PreTokenizer preTokenizer, MergeTable merges, ByteAlphabet alphabet) {
    this.tokens = tokens;
    this.preTokenizer = preTokenizer;
    this.merges = merges;
    this.alphabet = alphabet;
  }

  @Override
  public void encode(String text, boolean first, IntList out) {
    CodePoints words = preTokenizer.split(text);
    Word word = new Word();
    int from = 0;
    for (int start = 0; start < words.length(); ) {
      int end = words.endOfWord(start);
      int to = from;
      for (int i = start; i < end; i++) {
        to += Character.charCount(words.value(i));
      }
      int[] known = cache.get(text, from, to);
      if (known != null) {
        out.addAll(known);
      } else {
        int before = out.size();
        word.encode(words, start, end, out);
        cache.put(text, from, to, out.toArray(before));
      }
      start = end;
      from = to;
    }
  }

  @Override
  public byte[] decode(String piece) {
    return alphabet.bytes(piece);
  }

  @Override
  public boolean addsSpace() {
    return false;
  }

  /** The bytes of one word and what they merge to; the values are symbols of the merge table. */
  private final class Word extends SymbolMerger {
    private byte[] bytes = new byte[64];
    private int length;

    void encode(CodePoints words, int start, int end, IntList out) {
      setBytes(words, start, end);
      if (preTokenizer.wholeWords()) {
        int id = tokens.find(alphabet.spell(bytes, length));
        if (id >= 0) {
          out.add(id);
          return;
        }
      }
      begin(length);
      for (int i = 0; i < length; i++) {
        setValue(i, merges.byteSymbol(bytes[i] & 0xFF));
      }
      mergeAll(length);
      for (int at = 0; at >= 0; at = next(at)) {
        merges.emit(value(at), out);
      }
    }

    private void setBytes(CodePoints words, int start, int end) {
      int needed = 0;
      for (int i = start; i < end; i++) {
        needed = Math.addExact(needed, Utf8.length(words.value(i)));
      }
      if (needed > bytes.length) {
        bytes = new byte[needed];
      }
      length = 0;
      for (int i = start; i < end; i++) {
        length = Utf8.put(words.value(i), bytes, length);
      }
    }

    @Override
    int rank(int left, int right) {
      return merges.rank(value(left), value(right));
    }

    @Override
    void merge(int left, int rank) {
      setValue(left, merges.merged(rank));
    }
  }
}
