package dev.lamina.cpu.assembler;

import java.util.Objects;

/**
 * Memory at base + index * scale + disp, or at a label of the code.
 *
 * @param base null for a label
 * @param index null for none; all but rsp
 * @param scale 1, 2, 4 or 8
 * @param disp bytes
 * @param label null for a base
 * @param repeated whether one 32-bit or 64-bit element stands for all lanes (EVEX)
 */
public record Mem(Gpr base, Gpr index, int scale, int disp, Label label, boolean repeated)
    implements Operand {

  /**
   * @throws IllegalArgumentException if the processor has no such addresses
   */
  public Mem {
    if ((base == null) == (label == null) || (label != null && (index != null || disp != 0))) {
      throw new IllegalArgumentException("memory is at a base or at a label alone");
    }
    if ((base != null && base.bits() != 64)
        || (index != null && (index.bits() != 64 || index.equals(Gpr.RSP)))) {
      throw new IllegalArgumentException("no address: " + base + " + " + index);
    }
    if (Integer.bitCount(scale) != 1 || scale < 1 || scale > 8) {
      throw new IllegalArgumentException("scale is " + scale + ", expected 1, 2, 4 or 8");
    }
  }

  public static Mem mem(Gpr base) {
    return new Mem(Objects.requireNonNull(base), null, 1, 0, null, false);
  }

  /** Data in the code. */
  public static Mem mem(Label label) {
    return new Mem(null, null, 1, 0, Objects.requireNonNull(label), false);
  }

  public Mem index(Gpr register, int times) {
    return new Mem(base, Objects.requireNonNull(register), times, disp, label, repeated);
  }

  /** The same memory, this number of bytes further. */
  public Mem disp(int bytes) {
    int sum = Math.addExact(disp, bytes);
    return new Mem(base, index, scale, sum, label, repeated);
  }

  /** The same memory as one element for all lanes. */
  public Mem broadcast() {
    return new Mem(base, index, scale, disp, label, true);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[").append(label == null ? base : "rip+" + label);
    if (index != null) {
      text.append('+').append(index).append('*').append(scale);
    }
    if (disp != 0) {
      text.append(disp < 0 ? "-0x" : "+0x").append(Long.toHexString(Math.abs((long) disp)));
    }
    return text.append(']').toString();
  }

  /**
   * The operand in assembler syntax.
   *
   * @param bytes size of the access (for a broadcast, of the element); 0 if there is no access
   */
  String text(int bytes) {
    String size =
        switch (bytes) {
          case 0 -> "";
          case 1 -> "BYTE ";
          case 2 -> "WORD ";
          case 4 -> "DWORD ";
          case 8 -> "QWORD ";
          default -> "XYZ".charAt(bytes >> 5) + "MMWORD ";
        };
    return size + (bytes == 0 ? "" : repeated ? "BCST " : "PTR ") + this;
  }
}
