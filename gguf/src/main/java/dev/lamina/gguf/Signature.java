package dev.lamina.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Recognizes GGUF files that can be read, and other files that users give by mistake. */
final class Signature {
  private static final String OLD =
      " but a GGML file of before August 2023; convert the original model to GGUF";
  private static final String IMATRIX =
      " but an importance matrix of the older layout; " + FileKind.IMPORTANCE_MATRIX.advice();

  /**
   * A start of a file that is known, and what to do about such a file.
   *
   * @param at where the text stands
   * @param text each byte as a character
   * @param kind null if a user of this program has no use for it
   */
  private record Other(int at, String text, String hint, FileKind kind) {
    Other(int at, String text, String hint) {
      this(at, text, hint, null);
    }
  }

  private static final List<Other> OTHERS =
      List.of(
          new Other(
              0,
              "version https://git-lfs",
              " but a Git LFS pointer; fetch the file itself with: git lfs pull"),
          new Other(0, "<!", " but a web page; download the file itself"),
          new Other(0, "<html", " but a web page; download the file itself"),
          new Other(
              0, "PK\3\4", " but a zip archive or PyTorch checkpoint; convert it to GGUF first"),
          new Other(0, "\u0080\2", " but a PyTorch checkpoint; convert it to GGUF first"),
          new Other(0, "\u001f\u008b", " but a gzip archive; unpack it first"),
          new Other(0, "(\u00b5/\u00fd", " but a Zstandard archive; unpack it first"),
          new Other(0, "\u00fd7zXZ", " but an xz archive; unpack it first"),
          new Other(0, "7z\u00bc\u00af", " but a 7z archive; unpack it first"),
          new Other(8, "{\"", " but a safetensors file; convert it to GGUF first"),
          new Other(0, "{", " but JSON, such as a configuration; name the GGUF file of the model"),
          new Other(0, "lmgg", OLD),
          new Other(0, "fmgg", OLD),
          new Other(0, "tjgg", OLD),
          new Other(
              0,
              "algg",
              " but a LoRA adapter of before 2024; convert the original adapter to GGUF"),
          new Other(8, "blk.", IMATRIX, FileKind.IMPORTANCE_MATRIX),
          new Other(8, "output.w", IMATRIX, FileKind.IMPORTANCE_MATRIX),
          new Other(8, "token_embd", IMATRIX, FileKind.IMPORTANCE_MATRIX),
          new Other(
              0,
              "_logits_",
              " but a base of divergences; " + FileKind.DIVERGENCE_BASE.advice(),
              FileKind.DIVERGENCE_BASE));

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
      throw other(source + ": not a GGUF file", text);
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

  private static GgufFormatException other(String problem, String start) {
    for (Other other : OTHERS) {
      if (start.startsWith(other.text, other.at)) {
        return new GgufFormatException(problem + other.hint, other.kind);
      }
    }
    return new GgufFormatException(problem + ": it does not start with the bytes GGUF");
  }
}
