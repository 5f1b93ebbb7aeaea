package dev.lamina.cpu.assembler;

import dev.lamina.cpu.assembler.Encoding.Form;
import dev.lamina.cpu.assembler.Encoding.Trait;

/** An instruction on vectors, with its operands assigned to fields. */
final class VecInstruction {
  private final VecOp op;

  /** The operands in Intel's order; the first one is written. */
  private final Operand[] operands;

  /** An immediate of 8 bits; null for none. */
  private final Integer imm;

  /** The mask; null for all lanes. */
  private final Mask mask;

  /** Whether the first operand is in ModRM.rm. */
  private final boolean stores;

  /** The operand in ModRM.reg; null if the digit is there. */
  private final Operand reg;

  /** The operand in vvvv; null for none. */
  private final Vec vvvv;

  /** The operand in ModRM.rm. */
  private final Operand rm;

  /** Bits of the longest vector; the encoding has this length. */
  private final int length;

  private final boolean broadcast;
  private final boolean evex;

  /**
   * @throws IllegalArgumentException if there is no such instruction
   */
  VecInstruction(VecOp op, Integer imm, Mask mask, Operand... operands) {
    this.op = op;
    this.operands = operands;
    this.imm = imm;
    this.mask = mask;
    Operand first = operands[0];
    Operand last = operands[operands.length - 1];
    require(operands.length == (op.form == Form.RVM ? 3 : 2), "operands");
    boolean canStore = op.form != Form.VM && op.detail != 0;
    stores = op.form == Form.MR || (canStore && !(first instanceof Vec));
    reg = stores ? last : op.form == Form.VM ? null : first;
    rm = stores ? first : last;
    Operand result = reg == null ? first : reg;
    require(op.is(Trait.TO_MASK) ? result instanceof Mask : result instanceof Vec, "operands");
    vvvv = op.form == Form.RVM ? (Vec) operands[1] : op.form == Form.VM ? (Vec) first : null;
    broadcast = rm instanceof Mem m && m.repeated();
    int longest = 0;
    boolean wide = op.is(Trait.EVEX) || broadcast;
    for (Operand operand : operands) {
      if (operand instanceof Vec v) {
        longest = Math.max(longest, v.bits());
        wide |= v.code() >= 16 || v.bits() == 512;
      }
    }
    length = longest;
    evex = wide;
    check();
  }

  private void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException("no instruction with such " + what + ": " + text());
    }
  }

  private void check() {
    require(op.is(Trait.IMM8) ? imm != null && imm >= -128 && imm <= 255 : imm == null, "number");
    if (rm instanceof Operand.Register register) {
      require(!op.is(Trait.ONLY_MEMORY), "register");
      require(op.rm.takes(register, length), "register");
    } else {
      require(!op.is(Trait.NO_MEMORY), "memory");
    }
    require(vvvv == null || vvvv.bits() == length, "lengths");
    require(!(reg instanceof Vec v) || op.form == Form.MR || v.bits() == length, "lengths");
    require(!op.is(Trait.ONLY_128) || length == 128, "lengths");
    require(!op.is(Trait.NOT_128) || length > 128, "lengths");
    require(!broadcast || (op.is(Trait.BCST) && !stores), "broadcast");
    require(!op.is(Trait.ONLY_512) || length == 512, "lengths");
    require(mask == null || op.is(Trait.MASKED), "mask");
    require(!evex || !op.is(Trait.VEX), "encoding");
  }

  void encode(CodeBuffer code) {
    int number = reg instanceof Operand.Register r ? r.code() : op.detail;
    int after = imm == null ? 0 : 1;
    if (evex) {
      putEvex(code, number);
    } else {
      putVex(code, number);
    }
    code.put8(stores && op.form != Form.MR ? op.opcode + op.detail : op.opcode);
    code.putModRm(number, rm, evex ? memoryBytes() : 1, after);
    if (imm != null) {
      code.put8(imm);
    }
  }

  /** Size of the memory operand in bytes, the unit of EVEX displacements. */
  private int memoryBytes() {
    return broadcast ? op.element() : op.rm.bytes(length);
  }

  private void putVex(CodeBuffer code, int number) {
    int r = ~number >> 3 & 1;
    int source = vvvv == null ? 0 : vvvv.code();
    int last = (~source & 15) << 3 | (length == 256 ? 4 : 0) | op.prefix.ordinal();
    int xb = CodeBuffer.x(rm) << 1 | CodeBuffer.b(rm);
    if (xb == 0 && op.map == Encoding.OpMap.M0F) {
      code.put8(0xC5);
      code.put8(r << 7 | last);
    } else {
      code.put8(0xC4);
      code.put8(r << 7 | (xb ^ 3) << 5 | op.map.ordinal());
      code.put8(last);
    }
  }

  private void putEvex(CodeBuffer code, int number) {
    int source = vvvv == null ? 0 : vvvv.code();
    int w = op.is(Trait.EVEX_W1) ? 0x80 : 0;
    code.put8(0x62);
    int xb = CodeBuffer.x(rm) << 1 | CodeBuffer.b(rm);
    code.put8((~number >> 3 & 1) << 7 | (xb ^ 3) << 5 | (~number >> 4 & 1) << 4 | op.map.ordinal());
    code.put8(w | (~source & 15) << 3 | 4 | op.prefix.ordinal());
    code.put8(
        length >> 8 << 5
            | (broadcast ? 0x10 : 0)
            | (~source >> 4 & 1) << 3
            | (mask == null ? 0 : mask.code()));
  }

  /** The instruction in Intel's syntax. */
  String text() {
    StringBuilder text = new StringBuilder(op.name().endsWith("_VEX") ? "{vex} " : "");
    text.append(op.mnemonic(evex));
    for (int i = 0; i < operands.length; i++) {
      text.append(i == 0 ? " " : ",")
          .append(operands[i] instanceof Mem m ? m.text(memoryBytes()) : operands[i].toString())
          .append(i == 0 && mask != null ? "{" + mask + "}" : "");
    }
    return text + (imm == null ? "" : ",0x" + Integer.toHexString(imm & 255));
  }
}
