package dev.lamina.text.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns a stream of tokens into text. A character that is spread over several tokens appears with
 * the last of them; bytes that cannot be UTF-8 become U+FFFD as soon as that is certain. Not for
 * use by several threads.
 */
public final class StreamDecoder {
  private final Tokenizer tokenizer;
  private final boolean renderSpecial;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** The beginning of a character, at most three bytes. */
  private byte[] pending = new byte[0];

  /**
   * @param renderSpecial show control tokens as their text
   */
  public StreamDecoder(Tokenizer tokenizer, boolean renderSpecial) {
    this.tokenizer = tokenizer;
    this.renderSpecial = renderSpecial;
  }

  /**
   * The text that is complete with this token, often none.
   *
   * @throws IndexOutOfBoundsException if id is not in the vocabulary
   */
  public String add(int id) {
    return decode(tokenizer.bytes(id, renderSpecial), false);
  }

  /** U+FFFD if the tokens have ended within a character, else nothing; ready for a new text. */
  public String flush() {
    return decode(new byte[0], true);
  }

  private String decode(byte[] bytes, boolean end) {
    ByteBuffer in =
        ByteBuffer.allocate(pending.length + bytes.length).put(pending).put(bytes).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, end);
    if (end) {
      decoder.flush(out);
      decoder.reset();
    }
    pending = new byte[in.remaining()];
    in.get(pending);
    return out.flip().toString();
  }
}
