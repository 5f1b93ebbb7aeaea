package dev.lamina.text.tokenizer;

/** Turns plain text into tokens and tokens into bytes; each kind of vocabulary has its own. */
interface TextEncoder {
  /**
   * Adds the tokens of a stretch of text in which special tokens have no meaning.
   *
   * @param text without unpaired surrogates
   * @param first true at the beginning and after a special token
   */
  void encode(String text, boolean first, IntList out);

  /** The bytes that an ordinary token's spelling stands for. */
  byte[] decode(String piece);

  /** True if the encoder puts a space in front of a text. */
  boolean addsSpace();
}
