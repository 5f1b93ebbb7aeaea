package dev.lamina.cpu.assembler;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Buffer for machine code, with the parts of an instruction that all encodings share. */
final class CodeBuffer {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final List<Use> uses = new ArrayList<>();
  private byte[] bytes = new byte[1024];
  private int size;

  /**
   * A place in the code that needs the distance to a label.
   *
   * @param at its offset in the code
   * @param from start of the distance: the offset at which the instruction ends
   */
  private record Use(Label label, int at, int from) {}

  int size() {
    return size;
  }

  /**
   * The code with the distances to labels.
   *
   * @throws IllegalStateException if a label is not bound
   */
  byte[] toByteArray() {
    byte[] code = Arrays.copyOf(bytes, size);
    for (Use use : uses) {
      if (use.label.position() < 0) {
        throw new IllegalStateException("label " + use.label + " is not bound");
      }
      MemorySegment.ofArray(code).set(INT, use.at, use.label.position() - use.from);
    }
    return code;
  }

  void put8(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = (byte) value;
  }

  void put32(int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      put8(value >> shift);
    }
  }

  /** The bytes of an opcode, the highest that is not 0 first. */
  void putOpcode(int opcode) {
    for (int shift = 16; shift >= 0; shift -= 8) {
      if (opcode >> shift != 0 || shift == 0) {
        put8(opcode >> shift);
      }
    }
  }

  /**
   * Reserves four bytes for the distance to a label.
   *
   * @param after bytes of the instruction that follow them
   */
  void putDistance(Label label, int after) {
    uses.add(new Use(label, size, size + 4 + after));
    put32(0);
  }

  /**
   * Writes ModRM with its SIB byte and displacement.
   *
   * @param reg the number in ModRM.reg, of which it takes three bits
   * @param unit bytes that a displacement of 8 bits counts in
   * @param after bytes of the instruction that follow
   */
  void putModRm(int reg, Operand rm, int unit, int after) {
    int field = (reg & 7) << 3;
    if (rm instanceof Operand.Register r) {
      put8(0xC0 | field | (r.code() & 7));
    } else if (rm instanceof Mem m && m.label() != null) {
      put8(field | 5);
      putDistance(m.label(), after);
    } else if (rm instanceof Mem m) {
      putAddress(field, m, unit);
    }
  }

  private void putAddress(int field, Mem m, int unit) {
    int base = m.base().code() & 7;
    boolean fits = m.disp() % unit == 0 && m.disp() / unit == (byte) (m.disp() / unit);
    // The codes of rbp and r13 have another meaning without a displacement, and those of rsp and
    // r12 without a second address byte.
    int mod = m.disp() == 0 && base != 5 ? 0 : fits ? 1 : 2;
    boolean sib = m.index() != null || base == 4;
    put8(mod << 6 | field | (sib ? 4 : base));
    if (sib) {
      int index = m.index() == null ? 4 : m.index().code() & 7;
      put8(Integer.numberOfTrailingZeros(m.scale()) << 6 | index << 3 | base);
    }
    if (mod == 1) {
      put8(m.disp() / unit);
    } else if (mod == 2) {
      put32(m.disp());
    }
  }

  /** Bit 3 of the number of the register in ModRM.rm, or of the address's base. */
  static int b(Operand rm) {
    if (rm instanceof Mem m) {
      return m.base() == null ? 0 : m.base().code() >> 3;
    }
    return ((Operand.Register) rm).code() >> 3 & 1;
  }

  /** Bit 4 of the number of the register in ModRM.rm, or bit 3 of the address's index. */
  static int x(Operand rm) {
    if (rm instanceof Mem m) {
      return m.index() == null ? 0 : m.index().code() >> 3;
    }
    return ((Operand.Register) rm).code() >> 4;
  }
}
