package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.Vec.xmm;
import static dev.lamina.cpu.assembler.Vec.ymm;
import static dev.lamina.cpu.assembler.VecOp.VBROADCASTSS;
import static dev.lamina.cpu.assembler.VecOp.VCVTDQ2PS;
import static dev.lamina.cpu.assembler.VecOp.VCVTPS2DQ;
import static dev.lamina.cpu.assembler.VecOp.VDIVPS;
import static dev.lamina.cpu.assembler.VecOp.VEXTRACTI32X4;
import static dev.lamina.cpu.assembler.VecOp.VMINPS;
import static dev.lamina.cpu.assembler.VecOp.VMOVD;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;
import static dev.lamina.cpu.assembler.VecOp.VPADDD;
import static dev.lamina.cpu.assembler.VecOp.VPANDD;
import static dev.lamina.cpu.assembler.VecOp.VPMAXUD;
import static dev.lamina.cpu.assembler.VecOp.VPORD;
import static dev.lamina.cpu.assembler.VecOp.VPSHUFD;
import static dev.lamina.cpu.assembler.VecOp.VPSLLD;
import static dev.lamina.cpu.assembler.VecOp.VPSRLQ;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.cpu.system.Platform;

/**
 * Emits code that rounds a token's activations to 8 bits: {@code void f(y, blocks, x, xAt)}, blocks
 * of 32, y in the layout of {@link Input}. Needs AVX2. With NaN or infinity in a block, its step
 * becomes NaN or infinite.
 */
final class RoundKernel {
  private static final Gpr Y = Gpr.RDI;
  private static final Gpr BLOCKS = Gpr.RSI;
  private static final Gpr X = Gpr.RDX;
  private static final Gpr X_AT = Gpr.RCX;

  private static final Vec UNIT = xmm(8);
  private static final Vec INVERSE = ymm(9);
  private static final Vec LOW = ymm(10);
  private static final Vec HIGH = ymm(11);
  private static final Vec TEMP = ymm(12);

  private final Assembler a = new Assembler();
  private final Registers r = new Registers(Tier.AVX2, Tier.AVX2.tokens);
  private final Input input;

  RoundKernel(Input input) {
    this.input = input;
  }

  Assembler emit(Platform platform) {
    Frame.enter(a, platform);
    a.op(ADD, X, X_AT);
    Label block = new Label("block");
    a.bind(block);
    for (int i = 0; i < 4; i++) {
      a.op(VMOVUPS, ymm(i), mem(X).disp(32 * i));
    }
    unit();
    for (int i = 0; i < 4; i++) {
      a.op(VMULPS, ymm(i), ymm(i), INVERSE);
      a.op(VCVTPS2DQ, ymm(i), ymm(i));
    }
    totals();
    for (int i = 0; i < 4; i++) {
      bytes(i);
    }
    a.op(ADD, X, 32 * Float.BYTES);
    a.op(ADD, Y, input.bytes());
    a.op(DEC, BLOCKS);
    a.jump(Condition.NE, block);
    Frame.leave(a, platform);
    r.put(a);
    return a;
  }

  /**
   * Computes the value of one step and its inverse. Magnitudes compare like their bits; NaN is the
   * largest.
   */
  private void unit() {
    Operand magnitude = r.constant(Integer.MAX_VALUE);
    a.op(VPANDD, LOW, ymm(0), magnitude);
    for (int i = 1; i < 4; i++) {
      a.op(VPANDD, TEMP, ymm(i), magnitude);
      a.op(VPMAXUD, LOW, LOW, TEMP);
    }
    reduce(VPMAXUD, LOW);
    Vec most = LOW.xmm();
    a.op(VDIVPS, UNIT, most, r.constant(127f));
    a.op(VMOVUPS, INVERSE.xmm(), r.constant(127f));
    a.op(VDIVPS, INVERSE.xmm(), INVERSE.xmm(), most);
    // 0 times infinity is not 0.
    a.op(VMINPS, INVERSE.xmm(), INVERSE.xmm(), r.constant(Float.MAX_VALUE));
    a.op(VBROADCASTSS, INVERSE, INVERSE.xmm());
    a.op(VMOVD, mem(Y).disp(input.unit(0)), UNIT);
  }

  /** Reduces eight lanes to four, by sum or maximum. */
  private void reduce(VecOp op, Vec v) {
    Vec temp = TEMP.xmm();
    a.op(VEXTRACTI32X4, temp, v, 1);
    a.op(op, v.xmm(), v.xmm(), temp);
    a.op(VPSHUFD, temp, v.xmm(), 0b01_00_11_10);
    a.op(op, v.xmm(), v.xmm(), temp);
    a.op(VPSHUFD, temp, v.xmm(), 0b10_11_00_01);
    a.op(op, v.xmm(), v.xmm(), temp);
  }

  private void totals() {
    a.op(VPADDD, LOW, ymm(0), ymm(1));
    a.op(VPADDD, HIGH, ymm(2), ymm(3));
    reduce(VPADDD, LOW);
    reduce(VPADDD, HIGH);
    a.op(VPADDD, TEMP.xmm(), LOW.xmm(), HIGH.xmm());
    total(TEMP.xmm(), 0, 32);
    total(LOW.xmm(), 0, 16);
    total(HIGH.xmm(), 16, 16);
  }

  private void total(Vec steps, int column, int group) {
    a.op(VMOVD, mem(Y).disp(input.steps(column, group, 0)), steps);
    a.op(VCVTDQ2PS, steps, steps);
    a.op(VMULPS, steps, steps, UNIT);
    a.op(VMOVD, mem(Y).disp(input.total(column, group, 0)), steps);
  }

  /** Writes eight columns as two fours, (0, 4, 1, 5) and (2, 6, 3, 7). */
  private void bytes(int i) {
    Vec low = xmm(i);
    Vec high = TEMP.xmm();
    a.op(VEXTRACTI32X4, high, ymm(i), 1);
    a.op(VPANDD, low, low, r.constant(255));
    a.op(VPANDD, high, high, r.constant(255));
    a.op(VPSLLD, high, high, 8);
    a.op(VPORD, low, low, high);
    a.op(VPSRLQ, high, low, 16);
    a.op(VPORD, low, low, high);
    a.op(VMOVD, mem(Y).disp(input.four(2 * i, 0)), low);
    a.op(VPSHUFD, low, low, 2);
    a.op(VMOVD, mem(Y).disp(input.four(2 * i + 1, 0)), low);
  }
}
