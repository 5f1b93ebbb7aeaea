package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.LEA;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.SHR;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VADDPS;
import static dev.lamina.cpu.assembler.VecOp.VBROADCASTSS;
import static dev.lamina.cpu.assembler.VecOp.VCVTPH2PS;
import static dev.lamina.cpu.assembler.VecOp.VCVTPS2PH;
import static dev.lamina.cpu.assembler.VecOp.VEXTRACTI32X4;
import static dev.lamina.cpu.assembler.VecOp.VMAXPS;
import static dev.lamina.cpu.assembler.VecOp.VMOVD;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;
import static dev.lamina.cpu.assembler.VecOp.VPSHUFD;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;
import static dev.lamina.cpu.assembler.VecOp.VSUBPS;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.cpu.system.Platform;

/**
 * Emits the parts of softmax: {@code void f(rows + (groups << 32), stride + (softmaxStride << 32),
 * array, scores + (softmax << 32))}. The rows of scores are groups of 16 floats of the array, and
 * each row has two floats more, its softmax. Places and distances are numbers of floats. Sums have
 * the same order in all tiers.
 */
final class SoftmaxKernel {
  /** Floats of a group. */
  static final int GROUP = 16;

  private static final Gpr ROWS = Gpr.RDI;
  private static final Gpr STRIDE = Gpr.RSI;
  private static final Gpr ARRAY = Gpr.RDX;
  private static final Gpr PLACES = Gpr.RCX;
  private static final Gpr GROUPS = Gpr.R8;
  private static final Gpr SOFTMAX_STRIDE = Gpr.R9;
  private static final Gpr SCORES = Gpr.R10;
  private static final Gpr SOFTMAX = Gpr.R11;
  private static final Gpr X = Gpr.RAX;
  private static final Gpr N = Gpr.RBX;

  private static final int LANES_SWAPPED = 0b01_00_11_10;
  private static final int PAIRS_SWAPPED = 0b10_11_00_01;

  private final Assembler a = new Assembler();
  private final Platform platform;
  private final Registers r;
  private final int bits;

  SoftmaxKernel(Tier tier, Platform platform) {
    this.platform = platform;
    this.bits = tier.bits;
    this.r = new Registers(tier, 0);
  }

  private Vec vec(int code) {
    return new Vec(code, bits);
  }

  /** Number of vectors of a group. */
  private int vectors() {
    return GROUP * Float.SIZE / bits;
  }

  /**
   * Emits the function that replaces the scores of each row by {@code e^(score - largest)}, and
   * sets its softmax to the largest score and the sum of the exponentials. Scores of negative
   * infinity become 0. NaN makes the sum NaN.
   */
  Assembler exponentials() {
    ExpLines exp = new ExpLines(a, r);
    Operand least = r.constant(Float.NEGATIVE_INFINITY);
    Vec most = vec(4);
    Label row = begin();
    a.op(VMOVUPS, most, least);
    Label next = beginGroups();
    for (int i = 0; i < vectors(); i++) {
      a.op(VMOVUPS, vec(0), mem(X).disp(i * bits / 8));
      a.op(VMAXPS, most, vec(0), most);
    }
    endGroups(next);
    reduce(VMAXPS, most.xmm(), most);
    a.op(VMOVD, mem(SOFTMAX), most.xmm());
    a.op(VBROADCASTSS, most, most.xmm());
    for (int i = 0; i < vectors(); i++) {
      a.op(VPXORD, vec(5 + i), vec(5 + i), vec(5 + i));
    }
    next = beginGroups();
    for (int i = 0; i < vectors(); i++) {
      a.op(VMOVUPS, vec(0), mem(X).disp(i * bits / 8));
      a.op(VSUBPS, vec(0), vec(0), most);
      exp.emit(vec(3), vec(0), vec(1), vec(2));
      a.op(VMOVUPS, mem(X).disp(i * bits / 8), vec(3));
      a.op(VADDPS, vec(5 + i), vec(5 + i), vec(3));
    }
    endGroups(next);
    sum();
    a.op(VMOVD, mem(SOFTMAX).disp(Float.BYTES), Vec.xmm(5));
    return end(row);
  }

  /**
   * Emits the function that multiplies each row by the first number of its softmax.
   *
   * @param roundFirst whether to round to F16 before
   * @param roundLast whether to round to F16 after
   */
  Assembler scale(boolean roundFirst, boolean roundLast) {
    Label row = begin();
    a.op(VBROADCASTSS, vec(1), mem(SOFTMAX));
    Label next = beginGroups();
    for (int i = 0; i < vectors(); i++) {
      a.op(VMOVUPS, vec(0), mem(X).disp(i * bits / 8));
      if (roundFirst) {
        round(vec(0));
      }
      a.op(VMULPS, vec(0), vec(0), vec(1));
      if (roundLast) {
        round(vec(0));
      }
      a.op(VMOVUPS, mem(X).disp(i * bits / 8), vec(0));
    }
    endGroups(next);
    return end(row);
  }

  private void round(Vec v) {
    Vec half = bits == 512 ? v.ymm() : v.xmm();
    a.op(VCVTPS2PH, half, v, 0); // to nearest, ties to even
    a.op(VCVTPH2PS, v, half);
  }

  /** Emits the begin of the function and of the loop over the rows; returns its label. */
  private Label begin() {
    Frame.enter(a, platform);
    a.op(MOV, GROUPS, ROWS);
    a.op(SHR, GROUPS, 32);
    a.op(MOV, ROWS.dword(), ROWS.dword());
    a.op(MOV, SOFTMAX_STRIDE, STRIDE);
    a.op(SHR, SOFTMAX_STRIDE, 32);
    a.op(MOV, STRIDE.dword(), STRIDE.dword());
    a.op(MOV, SCORES.dword(), PLACES.dword());
    a.op(LEA, SCORES, mem(ARRAY).index(SCORES, 4));
    a.op(SHR, PLACES, 32);
    a.op(LEA, SOFTMAX, mem(ARRAY).index(PLACES, 4));
    r.load(a);
    Label row = new Label("row");
    a.bind(row);
    return row;
  }

  private Assembler end(Label row) {
    a.op(LEA, SCORES, mem(SCORES).index(STRIDE, 4));
    a.op(LEA, SOFTMAX, mem(SOFTMAX).index(SOFTMAX_STRIDE, 4));
    a.op(DEC, ROWS);
    a.jump(Condition.NE, row);
    Frame.leave(a, platform);
    r.put(a);
    return a;
  }

  private Label beginGroups() {
    Label next = new Label("group");
    a.op(MOV, X, SCORES);
    a.op(MOV, N, GROUPS);
    a.bind(next);
    return next;
  }

  private void endGroups(Label next) {
    a.op(ADD, X, Float.BYTES * GROUP);
    a.op(DEC, N);
    a.jump(Condition.NE, next);
  }

  /** Adds the 16 sums: those of the same place among four first, in order. */
  private void sum() {
    Vec total = Vec.xmm(5);
    if (bits == 512) {
      reduce(VADDPS, total, vec(5));
      return;
    }
    Vec quarter = Vec.xmm(0);
    a.op(VEXTRACTI32X4, quarter, vec(5), 1);
    a.op(VADDPS, total, total, quarter);
    a.op(VADDPS, total, total, Vec.xmm(6));
    a.op(VEXTRACTI32X4, quarter, vec(6), 1);
    a.op(VADDPS, total, total, quarter);
    reduceFour(VADDPS, total);
  }

  /** Reduces a vector to its first lane, by sum or maximum. */
  private void reduce(VecOp op, Vec to, Vec v) {
    // Writing the lowest lanes clears the others, so those are taken out before.
    for (int i = 1; i < bits / 128; i++) {
      a.op(VEXTRACTI32X4, Vec.xmm(i - 1), v, i);
    }
    for (int i = 1; i < bits / 128; i++) {
      a.op(op, to, to, Vec.xmm(i - 1));
    }
    reduceFour(op, to);
  }

  private void reduceFour(VecOp op, Vec v) {
    for (int order : new int[] {LANES_SWAPPED, PAIRS_SWAPPED}) {
      a.op(VPSHUFD, Vec.xmm(0), v, order);
      a.op(op, v, v, Vec.xmm(0));
    }
  }
}
