package dev.lamina.cpu.assembler;

/** When to jump, after arithmetic or a test: if the result is zero, or is not. */
public enum Condition {
  E(0x4),
  NE(0x5);

  final int code;

  Condition(int code) {
    this.code = code;
  }
}
