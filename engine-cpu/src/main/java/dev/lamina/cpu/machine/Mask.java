package dev.lamina.cpu.machine;

/** A mask register: a bit for each lane of a vector. */
public enum Mask implements Operand.Register {
  /** Holds masks like the others but cannot mask an instruction: there its number says "none". */
  K0,
  K1,
  K2,
  K3,
  K4,
  K5,
  K6,
  K7;

  @Override
  public int code() {
    return ordinal();
  }

  @Override
  public String toString() {
    return "k" + ordinal();
  }
}
