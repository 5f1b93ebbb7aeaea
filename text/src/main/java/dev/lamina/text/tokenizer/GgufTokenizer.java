package dev.lamina.text.tokenizer;

import dev.lamina.text.tokenizer.SpecialTokens.Fragment;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The tokenizer of a GGUF file: finds special tokens and gives the plain text between them to an
 * encoder.
 */
final class GgufTokenizer implements Tokenizer {
  private static final int HIDDEN = TokenAttributes.UNKNOWN | TokenAttributes.CONTROL;

  private final GgufVocabulary vocabulary;
  private final SpecialTokens specialTokens;
  private final TextEncoder encoder;

  GgufTokenizer(GgufVocabulary vocabulary, TextEncoder encoder) {
    this.vocabulary = vocabulary;
    this.specialTokens = new SpecialTokens(vocabulary);
    this.encoder = encoder;
  }

  @Override
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    String wellFormed = Utf8.wellFormed(text);
    IntList out = new IntList();
    if (addSpecial && vocabulary.addBos()) {
      out.add(vocabulary.bos());
    }
    boolean first = true;
    for (Fragment fragment : specialTokens.split(wellFormed, parseSpecial)) {
      if (fragment.id() >= 0) {
        out.add(fragment.id());
      } else {
        encoder.encode(wellFormed.substring(fragment.from(), fragment.to()), first, out);
      }
      first = fragment.id() >= 0;
    }
    if (addSpecial && vocabulary.addEos()) {
      out.add(vocabulary.eos());
    }
    return out.toArray(0);
  }

  @Override
  public byte[] bytes(int id, boolean renderSpecial) {
    String piece = vocabulary.piece(id);
    if (vocabulary.has(id, HIDDEN) && !renderSpecial) {
      return new byte[0];
    }
    if (vocabulary.has(id, SpecialTokens.SPECIAL)) {
      return piece.getBytes(StandardCharsets.UTF_8);
    }
    if (vocabulary.has(id, TokenAttributes.NORMAL)) {
      return encoder.decode(piece);
    }
    if (vocabulary.has(id, TokenAttributes.BYTE)) {
      return new byte[] {(byte) VocabularyReader.byteValue(piece)};
    }
    return new byte[0];
  }

  @Override
  public String decode(int[] ids, boolean renderSpecial) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4 * ids.length);
    boolean dropSpace = encoder.addsSpace();
    for (int id : ids) {
      byte[] bytes = bytes(id, renderSpecial);
      int skip = dropSpace && bytes.length > 0 && bytes[0] == ' ' ? 1 : 0;
      out.write(bytes, skip, bytes.length - skip);
      dropSpace &= bytes.length == 0;
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }
}
