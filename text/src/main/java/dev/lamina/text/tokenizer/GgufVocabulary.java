package dev.lamina.text.tokenizer;

import java.util.BitSet;

/**
 * The vocabulary of a GGUF file.
 *
 * @param tokens the tokens' texts
 * @param attributes of each token, see {@link TokenAttributes}
 * @param bos id or -1
 * @param eos id or -1
 * @param endOfGeneration ids of the tokens that end a generation
 * @param suppressed ids of tokens that are never chosen
 */
record GgufVocabulary(
    TokenTable tokens,
    byte[] attributes,
    int bos,
    int eos,
    boolean addBos,
    boolean addEos,
    BitSet endOfGeneration,
    int[] suppressed)
    implements Vocabulary {

  @Override
  public int size() {
    return tokens.size();
  }

  @Override
  public String piece(int id) {
    return tokens.piece(id);
  }

  @Override
  public boolean isEndOfGeneration(int id) {
    return id >= 0 && endOfGeneration.get(id);
  }

  @Override
  public boolean isControl(int id) {
    return has(id, TokenAttributes.CONTROL);
  }

  /** Whether a token has one of the attributes. */
  boolean has(int id, int mask) {
    return (attributes[id] & mask) != 0;
  }
}
