package dev.lamina.cpu.machine;

/** When to jump, after a comparison or arithmetic. */
public enum Condition {
  /** Below, of unsigned numbers. */
  B(0x2),
  AE(0x3),
  E(0x4),
  NE(0x5),
  BE(0x6),
  /** Above, of unsigned numbers. */
  A(0x7),
  /** Negative. */
  S(0x8),
  NS(0x9),
  /** Less, of signed numbers. */
  L(0xC),
  GE(0xD),
  LE(0xE),
  G(0xF);

  final int code;

  Condition(int code) {
    this.code = code;
  }
}
