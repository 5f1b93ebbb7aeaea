package dev.lamina.cpu.assembler;

/** Condition of a jump after arithmetic or a test: the result is zero, or not zero. */
public enum Condition {
  E(0x4),
  NE(0x5);

  final int code;

  Condition(int code) {
    this.code = code;
  }
}
