package dev.lamina.text.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The printable characters that byte-level tokenizers write bytes as (GPT-2's {@code
 * bytes_to_unicode}): printable Latin-1 as itself, the other 68 bytes in order from U+0100.
 */
final class ByteAlphabet {
  /** The character of each byte. */
  private final char[] characters = new char[256];

  /** The byte of each character below U+0144, or -1. */
  private final short[] bytes = new short[256 + 68];

  ByteAlphabet() {
    int next = 256;
    Arrays.fill(bytes, (short) -1);
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      characters[b] = (char) (printable ? b : next++);
      bytes[characters[b]] = (short) b;
    }
  }

  char character(int b) {
    return characters[b];
  }

  /** The spelling of {@code bytes[0, length)}. */
  String spell(byte[] utf8, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(characters[utf8[i] & 0xFF]);
    }
    return text.toString();
  }

  /**
   * The bytes that a token's spelling stands for; a character outside of the alphabet is itself.
   */
  byte[] bytes(String piece) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(piece.length());
    piece
        .codePoints()
        .forEach(c -> {
          if (c < bytes.length && bytes[c] >= 0) {
            out.write(bytes[c]);
          } else {
            out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
          }
        });
    return out.toByteArray();
  }
}
