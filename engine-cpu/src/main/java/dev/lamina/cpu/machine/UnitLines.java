package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.LEA;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.PREFETCHT0;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VMOVDQU32;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.Packing;

/**
 * Emits code that converts a unit of a strip's weights once for many tokens: to vectors of codes,
 * each with four columns, and after them for each group vectors of floats: its scale, its minimum
 * and, for tiles, its scale times {@code -}{@link #MAGIC}.
 */
final class UnitLines {
  /** A float with a last place of 1, and room for negative numbers to be added. */
  static final float MAGIC = 0x1.8p23f;

  /** The most bytes that a unit takes. */
  static final int MOST_BYTES = (Packing.UNIT / 4 + 3 * Packing.UNIT / 16) * Packing.LINE;

  private static final Gpr SCALES = Gpr.RAX;
  private static final Gpr TO = Gpr.RBX;
  private static final Gpr SCALES_TO = Gpr.RCX;

  private final Assembler a;
  private final Packing packing;
  private final int unit;
  private final Registers r;
  private final CodeLines codes;
  private final ScaleLines scales;

  /** Bytes of a vector. */
  private final int vector;

  /** Null without tiles. */
  private final Operand minusMagic;

  UnitLines(Assembler a, Tier tier, Packing packing, int unit, Registers r, CodeLines codes) {
    this.a = a;
    this.packing = packing;
    this.unit = unit;
    this.r = r;
    this.codes = codes;
    this.scales = new ScaleLines(a, packing, unit, r);
    this.vector = tier.bits / 8;
    this.minusMagic = tier == Tier.AMX ? r.constant(-MAGIC) : null;
  }

  /** Bytes of the converted unit. */
  int bytes() {
    return scalesAt() + unit / packing.group() * scaleBytes();
  }

  /** Distance of the first scale from the codes. */
  int scalesAt() {
    return codeBytes(unit);
  }

  /** Bytes of the floats of a group. */
  int scaleBytes() {
    return (minusMagic == null ? 2 : 3) * vector;
  }

  /** Bytes of the codes of so many columns. */
  int codeBytes(int columns) {
    return columns / 4 * vector;
  }

  /**
   * Emits the conversion. It also changes rax, rbx and rcx.
   *
   * @param weights address of the unit; afterwards of the next one
   * @param unpacked address of the result
   * @param count changed
   */
  void unpack(Gpr weights, Gpr unpacked, Gpr count) {
    int atOnce = scales.groupsOfTurn();
    int turns = unit / packing.group() / atOnce;
    int columns = atOnce * packing.group();
    a.op(MOV, SCALES, weights);
    a.op(ADD, weights, packing.scaleBytes(unit));
    a.op(MOV, TO, unpacked);
    a.op(LEA, SCALES_TO, mem(unpacked).disp(scalesAt()));
    scales.unit(SCALES);
    a.set(count, turns);
    Label turn = new Label("turn");
    a.bind(turn);
    for (int i = 0; i < packing.unitBytes(unit) / turns; i += Packing.LINE) {
      a.op(PREFETCHT0, mem(weights).disp(DotKernel.AHEAD + i));
    }
    for (int four = 0; four < columns / 4; four++) {
      codes.four(weights, four, r.codes);
      a.op(VMOVDQU32, mem(TO).disp(four * vector), r.codes);
    }
    for (int g = 0; g < atOnce; g++) {
      scales.group(SCALES, g);
      Mem to = mem(SCALES_TO).disp(g * scaleBytes());
      a.op(VMOVUPS, to, r.scale);
      if (packing.hasMins()) {
        a.op(VMOVUPS, to.disp(vector), r.min);
      }
      if (minusMagic != null) {
        a.op(VMULPS, r.scale, r.scale, minusMagic);
        a.op(VMOVUPS, to.disp(2 * vector), r.scale);
      }
    }
    a.op(ADD, weights, CodeLines.bytes(packing, columns));
    a.op(ADD, TO, codeBytes(columns));
    a.op(ADD, SCALES_TO, atOnce * scaleBytes());
    a.op(ADD, SCALES, Packing.LINE);
    a.op(DEC, count);
    a.jump(Condition.NE, turn);
  }

  /** Emits the load of the codes of four columns. */
  void four(Gpr unpacked, int four, Vec to) {
    a.op(VMOVDQU32, to, mem(unpacked).disp(four * vector));
  }

  /**
   * Emits loads of a group's floats, to the registers scale, min and, for the last one, line.
   *
   * @param first the scale of group 0
   */
  void scale(Mem first, int group) {
    Mem scale = first.disp(group * scaleBytes());
    a.op(VMOVUPS, r.scale, scale);
    if (packing.hasMins()) {
      a.op(VMOVUPS, r.min, scale.disp(vector));
    }
    if (minusMagic != null) {
      a.op(VMOVUPS, r.line, scale.disp(2 * vector));
    }
  }
}
