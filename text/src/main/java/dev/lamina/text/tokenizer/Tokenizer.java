package dev.lamina.text.tokenizer;

/** Text to token ids and back. Immutable and safe for use by several threads. */
public interface Tokenizer {
  /**
   * @param addSpecial add BOS/EOS where the vocabulary says so ({@code add_bos_token}, {@code
   *     add_eos_token})
   * @param parseSpecial read special tokens written out in the text (such as {@code <|im_end|>}) as
   *     those tokens
   */
  int[] encode(String text, boolean addSpecial, boolean parseSpecial);

  /**
   * The bytes that a token stands for. Control tokens give none unless {@code renderSpecial}.
   *
   * @throws IndexOutOfBoundsException if id is not in the vocabulary
   */
  byte[] bytes(int id, boolean renderSpecial);

  /**
   * Text of a sequence: decode(encode(text)) is the text. Drops the space that a SentencePiece
   * encoder put in front; no other space is added or removed. Bytes that are not UTF-8 become
   * U+FFFD.
   *
   * @throws IndexOutOfBoundsException if an id is not in the vocabulary
   */
  String decode(int[] ids, boolean renderSpecial);

  Vocabulary vocabulary();
}
