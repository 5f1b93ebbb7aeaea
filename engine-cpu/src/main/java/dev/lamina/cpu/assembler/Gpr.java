package dev.lamina.cpu.assembler;

/**
 * A general register.
 *
 * @param code 0 to 15
 * @param bits 64, or 32 for its lower half; writing that clears the upper one
 */
public record Gpr(int code, int bits) implements Operand.Register {
  public static final Gpr RAX = new Gpr(0, 64);
  public static final Gpr RCX = new Gpr(1, 64);
  public static final Gpr RDX = new Gpr(2, 64);
  public static final Gpr RBX = new Gpr(3, 64);
  public static final Gpr RSP = new Gpr(4, 64);
  public static final Gpr RBP = new Gpr(5, 64);
  public static final Gpr RSI = new Gpr(6, 64);
  public static final Gpr RDI = new Gpr(7, 64);
  public static final Gpr R8 = new Gpr(8, 64);
  public static final Gpr R9 = new Gpr(9, 64);
  public static final Gpr R10 = new Gpr(10, 64);
  public static final Gpr R11 = new Gpr(11, 64);
  public static final Gpr R12 = new Gpr(12, 64);
  public static final Gpr R13 = new Gpr(13, 64);
  public static final Gpr R14 = new Gpr(14, 64);
  public static final Gpr R15 = new Gpr(15, 64);

  private static final String[] LEGACY = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};

  /**
   * @throws IllegalArgumentException if there is no such register
   */
  public Gpr {
    if (code < 0 || code > 15 || (bits != 32 && bits != 64)) {
      throw new IllegalArgumentException("no general register " + code + " of " + bits + " bits");
    }
  }

  /** The lower 32 bits. */
  public Gpr dword() {
    return new Gpr(code, 32);
  }

  @Override
  public String toString() {
    return code < 8
        ? (bits == 64 ? "r" : "e") + LEGACY[code]
        : "r" + code + (bits == 64 ? "" : "d");
  }
}
