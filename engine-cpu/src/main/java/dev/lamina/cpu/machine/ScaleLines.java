package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VCVTDQ2PS;
import static dev.lamina.cpu.assembler.VecOp.VMOVDQU32;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;
import static dev.lamina.cpu.assembler.VecOp.VPANDD;
import static dev.lamina.cpu.assembler.VecOp.VPORD;
import static dev.lamina.cpu.assembler.VecOp.VPSLLD;
import static dev.lamina.cpu.assembler.VecOp.VPSRAD;
import static dev.lamina.cpu.assembler.VecOp.VPSRLD;
import static dev.lamina.cpu.kernel.Packing.Scales.BF16;
import static dev.lamina.cpu.kernel.Packing.Scales.F16;
import static dev.lamina.cpu.kernel.Packing.Scales.NIBBLES;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.Packing;

/** Emits code that turns lines of scales and mins into floats. */
final class ScaleLines {
  private static final int LINE = 64;

  /** Mask of sign, exponent and mantissa of an F16 that was shifted to their places in a float. */
  private static final int HALF = 0x8fffe000;

  /** Factor by which such a float is too small. */
  private static final float REBIAS = 0x1p112f;

  private final Assembler a;
  private final Registers r;
  private final Packing packing;
  private final int unit;

  /** Distance from the first line to the line of the unit's scale, or of the mins. */
  private final int next;

  private final Operand one;
  private final Operand upper;
  private final Operand half;
  private final Operand rebias;
  private final Operand factor;

  ScaleLines(Assembler a, Packing packing, int unit, Registers r) {
    this.a = a;
    this.r = r;
    this.packing = packing;
    this.unit = unit;
    int lines = packing.scaleLines(unit);
    this.next = LINE * (packing.hasUnitScale() ? lines : lines / 2);
    this.one = packing.scales() == NIBBLES ? r.constant(1) : null;
    this.upper = packing.scales() == BF16 ? r.constant(0xffff0000) : null;
    this.half = r.constant(HALF);
    this.rebias = r.constant(REBIAS);
    this.factor = r.constant(REBIAS * packing.scaleFactor() * packing.codeFactor());
  }

  /** Number of groups with scales in one line. */
  int groups() {
    return switch (packing.scales()) {
      case NIBBLES -> 8;
      case BYTES -> packing.hasMins() ? 2 : 4;
      case F16, BF16 -> 2;
    };
  }

  /**
   * Number of groups with emitted code. The code is repeated until all groups of a unit are done.
   */
  int groupsOfTurn() {
    int all = unit / packing.group();
    return packing.dense() != null ? all : Math.min(groups(), all);
  }

  /** Emits the code for the beginning of a unit. */
  void unit(Gpr scales) {
    if (packing.hasUnitScale()) {
      a.op(VMOVDQU32, r.line, mem(scales).disp(next));
      half(r.d, 16, factor);
      if (packing.hasMins()) {
        half(r.dMin, 0, rebias);
      }
    }
  }

  /**
   * Converts an F16 of a line to a float, times a power of two. Shifted left by this many places,
   * the F16 is in the upper half.
   */
  private void half(Vec to, int left, Operand times) {
    Vec from = r.line;
    if (left > 0) {
      a.op(VPSLLD, to, from, left);
      from = to;
    }
    a.op(VPSRAD, to, from, 3);
    a.op(VPANDD, to, to, half);
    a.op(VMULPS, to, to, times);
  }

  private void signedByte(Vec to, int left, Vec times) {
    Vec from = r.line;
    if (left > 0) {
      a.op(VPSLLD, to, from, left);
      from = to;
    }
    a.op(VPSRAD, to, from, 24);
    a.op(VCVTDQ2PS, to, to);
    a.op(VMULPS, to, to, times);
  }

  /** Half of an odd number in four bits. */
  private void nibble(Vec to, int left, Vec times) {
    Vec from = r.line;
    if (left > 0) {
      a.op(VPSLLD, to, from, left);
      from = to;
    }
    a.op(VPSRLD, to, from, 27);
    a.op(VPORD, to, to, one);
    a.op(VCVTDQ2PS, to, to);
    a.op(VMULPS, to, to, times);
  }

  /** Emits scale and minimum of one of the groups from the line on. */
  void group(Gpr scales, int index) {
    int group = index % groups();
    a.op(VMOVDQU32, r.line, mem(scales).disp(index / groups() * LINE));
    if (packing.scales() == NIBBLES) {
      nibble(r.scale, 28 - 4 * group, r.d);
    } else if (packing.scales() == BF16) {
      a.op(VPSLLD, r.scale, r.line, 16 - 16 * group);
      a.op(VPANDD, r.scale, r.scale, upper);
    } else if (packing.scales() == F16) {
      half(r.scale, 16 - 16 * group, factor);
      if (packing.hasMins()) {
        a.op(VMOVDQU32, r.line, mem(scales).disp(next));
        half(r.min, 16 - 16 * group, rebias);
      }
    } else if (packing.hasMins()) {
      signedByte(r.scale, 24 - 16 * group, r.d);
      signedByte(r.min, 16 - 16 * group, r.dMin);
    } else {
      signedByte(r.scale, 24 - 8 * group, r.d);
    }
  }
}
