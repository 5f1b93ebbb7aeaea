package dev.lamina.cpu.machine;

import static dev.lamina.cpu.kernel.Packing.Scales.BF16;
import static dev.lamina.cpu.kernel.Packing.Scales.BYTES;
import static dev.lamina.cpu.kernel.Packing.Scales.F16;
import static dev.lamina.cpu.machine.Mem.mem;
import static dev.lamina.cpu.machine.VecOp.VCVTDQ2PS;
import static dev.lamina.cpu.machine.VecOp.VMOVDQU32;
import static dev.lamina.cpu.machine.VecOp.VMULPS;
import static dev.lamina.cpu.machine.VecOp.VPANDD;
import static dev.lamina.cpu.machine.VecOp.VPSLLD;
import static dev.lamina.cpu.machine.VecOp.VPSRAD;

import dev.lamina.cpu.kernel.Packing;

/** Emits how lines of scales and minima become floats. */
final class ScaleLines {
  private static final int LINE = 64;

  /** Sign, exponent and mantissa of an F16 that was shifted to a float's place. */
  private static final int HALF = 0x8fffe000;

  /** What such a float is too small by. */
  private static final float REBIAS = 0x1p112f;

  private final Assembler a;
  private final Registers r;
  private final Packing packing;

  /** From the first line to that of the units' scales, or of the minima. */
  private final int next;

  private final Operand upper;
  private final Operand half;
  private final Operand rebias;
  private final Operand factor;

  ScaleLines(Assembler a, Packing packing, int unit, Registers r) {
    this.a = a;
    this.r = r;
    this.packing = packing;
    int lines = packing.scaleLines(unit);
    this.next = LINE * (packing.scales() == BYTES ? lines : lines / 2);
    this.upper = packing.scales() == BF16 ? r.constant(0xffff0000) : null;
    this.half = r.constant(HALF);
    this.rebias = r.constant(REBIAS);
    this.factor = r.constant(REBIAS * packing.scaleFactor() * packing.codeFactor());
  }

  /** Groups that a line has the scales of. */
  int groups() {
    return packing.scales() != BYTES || packing.hasMins() ? 2 : 4;
  }

  /** To be done where a unit begins. */
  void unit(Gpr scales) {
    if (packing.scales() == BYTES) {
      a.op(VMOVDQU32, r.line, mem(scales).disp(next));
      half(r.d, 16, factor);
      if (packing.hasMins()) {
        half(r.dMin, 0, rebias);
      }
    }
  }

  /** The F16 of a line that so many places to the left is the upper one, times a power of two. */
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

  /** Emits scale and minimum of one of the groups of a line. */
  void group(Gpr scales, int group) {
    a.op(VMOVDQU32, r.line, mem(scales));
    if (packing.scales() == BF16) {
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
