package dev.lamina.cpu.assembler;

/** An operand of an instruction: a {@link Register} or memory. */
public sealed interface Operand permits Operand.Register, Mem {

  /** A register; its number's upper bits go to prefixes. */
  sealed interface Register extends Operand permits Gpr, Vec, Mask, Tile {
    int code();
  }
}
