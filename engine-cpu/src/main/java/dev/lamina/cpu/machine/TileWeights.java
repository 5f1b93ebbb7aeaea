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
import dev.lamina.cpu.kernel.Packing;

/**
 * Emits code that converts a unit of a strip's weights for {@link TileKernel}: to lines of codes,
 * each with four columns of 16 rows, and after them for each group lines of floats: scale, scale
 * times {@code -}{@link #MAGIC}, minimum.
 */
final class TileWeights {
  /** A float with a last place of 1, and room for negative numbers to be added. */
  static final float MAGIC = 0x1.8p23f;

  private static final int SCALE_BYTES = 3 * Packing.LINE;
  private static final int SCALES_AT = Packing.UNIT / 4 * Packing.LINE;

  /** Bytes of the largest unit. */
  static final int BYTES = SCALES_AT + Packing.UNIT / 16 * SCALE_BYTES;

  private static final Gpr SCALES = Gpr.RAX;
  private static final Gpr TO = Gpr.RBX;
  private static final Gpr SCALES_TO = Gpr.RCX;

  private final Assembler a;
  private final Packing packing;
  private final int unit;
  private final Registers r;
  private final CodeLines codes;
  private final ScaleLines scales;
  private final Operand minusMagic;

  TileWeights(Assembler a, Packing packing, int unit, Registers r) {
    this.a = a;
    this.packing = packing;
    this.unit = unit;
    this.r = r;
    this.codes = new CodeLines(a, Tier.AMX, packing, r);
    this.scales = new ScaleLines(a, packing, unit, r);
    this.minusMagic = r.constant(-MAGIC);
  }

  /**
   * Emits the conversion of a unit. It also changes rax, rbx and rcx.
   *
   * @param weights address of the unit; afterwards of the next one
   * @param strip address of the result
   * @param count changed
   */
  void unpack(Gpr weights, Gpr strip, Gpr count) {
    int atOnce = scales.groupsOfTurn();
    int turns = unit / packing.group() / atOnce;
    int columns = atOnce * packing.group();
    a.op(MOV, SCALES, weights);
    a.op(ADD, weights, packing.scaleBytes(unit));
    a.op(MOV, TO, strip);
    a.op(LEA, SCALES_TO, mem(strip).disp(SCALES_AT));
    scales.unit(SCALES);
    a.set(count, turns);
    Label turn = new Label("turn");
    a.bind(turn);
    for (int i = 0; i < packing.unitBytes(unit) / turns; i += Packing.LINE) {
      a.op(PREFETCHT0, mem(weights).disp(DotKernel.AHEAD + i));
    }
    for (int four = 0; four < columns / 4; four++) {
      codes.four(weights, four, r.codes);
      a.op(VMOVDQU32, mem(TO).disp(four * Packing.LINE), r.codes);
    }
    for (int g = 0; g < atOnce; g++) {
      scales.group(SCALES, g);
      a.op(VMOVUPS, scale(SCALES_TO, g), r.scale);
      if (packing.hasMins()) {
        a.op(VMOVUPS, scale(SCALES_TO, g).disp(2 * Packing.LINE), r.min);
      }
      a.op(VMULPS, r.scale, r.scale, minusMagic);
      a.op(VMOVUPS, scale(SCALES_TO, g).disp(Packing.LINE), r.scale);
    }
    a.op(ADD, weights, CodeLines.bytes(packing, columns));
    a.op(ADD, TO, columns / 4 * Packing.LINE);
    a.op(ADD, SCALES_TO, atOnce * SCALE_BYTES);
    a.op(ADD, SCALES, Packing.LINE);
    a.op(DEC, count);
    a.jump(Condition.NE, turn);
  }

  private static Mem scale(Gpr base, int g) {
    return mem(base).disp(g * SCALE_BYTES);
  }

  /** Emits loads of the floats of a group: to the registers scale, line and min. */
  void loadScale(Gpr strip, int g) {
    Mem scale = scale(strip, g).disp(SCALES_AT);
    a.op(VMOVUPS, r.scale, scale);
    a.op(VMOVUPS, r.line, scale.disp(Packing.LINE));
    if (packing.hasMins()) {
      a.op(VMOVUPS, r.min, scale.disp(2 * Packing.LINE));
    }
  }
}
