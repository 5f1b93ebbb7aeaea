package dev.lamina.cli;

import dev.lamina.engine.gguf.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text from files and users made safe for a terminal. */
final class SafeText {
  private SafeText() {}

  /** An error message: everything on one line, since messages quote what a file holds. */
  static String oneLine(String text) {
    return Printable.escape(text.replaceAll("\\R\\s*", " ").strip());
  }

  /** A token's bytes as text, {@code \xHH} where they are not UTF-8; not yet escaped. */
  static String bytes(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      StringBuilder result = new StringBuilder();
      for (byte b : bytes) {
        result.append(b >= ' ' && b < 0x7f ? "" + (char) b : "\\x%02X".formatted(b));
      }
      return result.toString();
    }
  }
}
