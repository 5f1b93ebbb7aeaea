package dev.lamina.text.tokenizer;

/** Bits that say what a token is; one that takes part in two roles has both. */
final class TokenAttributes {
  static final byte NORMAL = 1;
  static final byte UNKNOWN = 2;
  static final byte CONTROL = 4;
  static final byte USER_DEFINED = 8;
  static final byte UNUSED = 16;
  static final byte BYTE = 32;

  /** White space after the token belongs to it. */
  static final byte STRIP_RIGHT = 64;

  private TokenAttributes() {}

  /** By the values of {@code tokenizer.ggml.token_type}: 0 undefined to 6 byte; -1 for others. */
  static byte ofType(int type) {
    return switch (type) {
      case 0 -> 0;
      case 1 -> NORMAL;
      case 2 -> UNKNOWN;
      case 3 -> CONTROL;
      case 4 -> USER_DEFINED;
      case 5 -> UNUSED;
      case 6 -> BYTE;
      default -> -1;
    };
  }
}
