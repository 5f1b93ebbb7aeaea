package dev.lamina.engine.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Tells a GGUF file that can be read from everything else that a user may have at hand. */
final class Signature {
  private Signature() {}

  /**
   * Checks the first 8 bytes, signature and version.
   *
   * @throws GgufFormatException saying what the file is instead
   */
  static void check(FileBytes file, String source) {
    if (file.size() == 0) {
      throw new GgufFormatException(source + ": the file is empty, expected a GGUF file");
    }
    byte[] start = file.start(64);
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (!text.startsWith("GGUF")) {
      throw new GgufFormatException(source + ": not a GGUF file" + hint(text));
    }
    if (start.length < 8) {
      throw new GgufFormatException(
          source + ": header: the file ends after " + start.length + " bytes, expected a version");
    }
    checkVersion(ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt(4), source);
  }

  private static void checkVersion(int version, String source) {
    if (version == 2 || version == 3) {
      return;
    }
    int swapped = Integer.reverseBytes(version);
    if (swapped >= 1 && swapped <= 0xFFFF) {
      throw new GgufFormatException(
          source
              + ": a big-endian GGUF file (version "
              + swapped
              + "), expected little-endian; convert it with gguf-py's gguf_convert_endian");
    }
    if (version == 1) {
      throw new GgufFormatException(
          source
              + ": GGUF version 1 (of August 2023), expected 2 or 3;"
              + " convert the original model anew");
    }
    throw new GgufFormatException(
        source
            + ": GGUF version "
            + Integer.toUnsignedString(version)
            + ", expected 2 or 3; the file is damaged or newer than this program");
  }

  private static String hint(String start) {
    if (start.startsWith("version https://git-lfs")) {
      return " but a Git LFS pointer; fetch the file itself with: git lfs pull";
    }
    if (start.startsWith("<!") || start.startsWith("<html")) {
      return " but a web page; download the file itself";
    }
    if (start.startsWith("PK\3\4")) {
      return " but a zip archive or PyTorch checkpoint; convert it to GGUF first";
    }
    if (start.length() > 9 && start.startsWith("{\"", 8)) {
      return " but a safetensors file; convert it to GGUF first";
    }
    if (start.startsWith("lmgg") || start.startsWith("fmgg") || start.startsWith("tjgg")) {
      return " but a GGML file of before August 2023; convert the original model to GGUF";
    }
    return ": it does not start with the bytes GGUF";
  }
}
