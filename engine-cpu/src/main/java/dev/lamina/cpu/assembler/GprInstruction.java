package dev.lamina.cpu.assembler;

import dev.lamina.cpu.assembler.GprOp.Form;

/** Encodes instructions on general registers. */
final class GprInstruction {
  private final CodeBuffer code;

  GprInstruction(CodeBuffer code) {
    this.code = code;
  }

  private static IllegalArgumentException wrong(GprOp op) {
    return new IllegalArgumentException(op + " has no such form");
  }

  void plain(GprOp op) {
    require(op, op.form == Form.PLAIN);
    code.putOpcode(op.opcode);
  }

  void unary(GprOp op, Gpr r) {
    if (op.form == Form.ONE) {
      put(r.bits(), op.opcode, op.detail, r);
    } else {
      require(op, op.form == Form.STACK && r.bits() == 64);
      putRex(32, 0, r);
      code.put8(op.opcode | (r.code() & 7));
    }
  }

  void memory(GprOp op, Mem memory) {
    require(op, op.form == Form.MEMORY && !memory.repeated());
    put(32, op.opcode, op.detail, memory);
  }

  /** register, register | memory. */
  void read(GprOp op, Gpr to, Operand from) {
    if (from instanceof Gpr r) {
      require(op, r.bits() == to.bits());
      switch (op.form) {
        case ARITHMETIC, MOVE, TEST -> put(to.bits(), op.opcode + 1, r.code(), to);
        case MULTIPLY -> put(to.bits(), op.opcode, to.code(), r);
        default -> throw wrong(op);
      }
    } else {
      require(op, from instanceof Mem m && !m.repeated());
      switch (op.form) {
        case ARITHMETIC, MOVE -> put(to.bits(), op.opcode + 3, to.code(), from);
        case ADDRESS, MULTIPLY -> put(to.bits(), op.opcode, to.code(), from);
        default -> throw wrong(op);
      }
    }
  }

  void store(GprOp op, Mem to, Gpr from) {
    require(op, op.form == Form.ARITHMETIC || op.form == Form.MOVE);
    require(op, !to.repeated());
    put(from.bits(), op.opcode + 1, from.code(), to);
  }

  void number(GprOp op, Gpr to, int number) {
    boolean small = number == (byte) number;
    switch (op.form) {
      case ARITHMETIC -> {
        put(to.bits(), small ? 0x83 : 0x81, op.detail, to);
        if (small) {
          code.put8(number);
        } else {
          code.put32(number);
        }
      }
      case TEST -> {
        put(to.bits(), 0xF7, op.detail, to);
        code.put32(number);
      }
      case SHIFT -> {
        require(op, number >= 0 && number < to.bits());
        put(to.bits(), op.opcode, op.detail, to);
        code.put8(number);
      }
      default -> throw wrong(op);
    }
  }

  /** Sets a register by the shortest instruction. */
  void set(Gpr to, long number) {
    boolean signed = number == (int) number;
    if (number == (number & 0xFFFFFFFFL) || (signed && to.bits() == 32)) {
      putRex(32, 0, to);
      code.put8(0xB8 | (to.code() & 7));
      code.put32((int) number);
    } else if (to.bits() == 32) {
      throw new IllegalArgumentException(number + " has more than 32 bits");
    } else if (signed) {
      put(64, 0xC7, 0, to);
      code.put32((int) number);
    } else {
      putRex(64, 0, to);
      code.put8(0xB8 | (to.code() & 7));
      code.put32((int) number);
      code.put32((int) (number >> 32));
    }
  }

  private static void require(GprOp op, boolean condition) {
    if (!condition) {
      throw wrong(op);
    }
  }

  private void put(int bits, int opcode, int reg, Operand rm) {
    putRex(bits, reg, rm);
    code.putOpcode(opcode);
    code.putModRm(reg, rm, 1, 0);
  }

  private void putRex(int bits, int reg, Operand rm) {
    int rex = (reg >> 3) << 2 | CodeBuffer.x(rm) << 1 | CodeBuffer.b(rm);
    if (bits == 64 || rex != 0) {
      code.put8(0x40 | (bits == 64 ? 8 : 0) | rex);
    }
  }
}
