package dev.lamina.cpu.assembler;

/**
 * Condition of a jump: after arithmetic or a test, the result is zero or not; after a comparison,
 * the first number, without a sign, is equal, not equal, above or below.
 */
public enum Condition {
  E(0x4),
  NE(0x5),
  A(0x7),
  B(0x2);

  final int code;

  Condition(int code) {
    this.code = code;
  }
}
