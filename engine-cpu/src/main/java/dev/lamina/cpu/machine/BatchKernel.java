package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.AND;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.IMUL;
import static dev.lamina.cpu.assembler.GprOp.LEA;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.SHR;
import static dev.lamina.cpu.assembler.GprOp.SUB;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.system.Platform;
import java.util.List;

/**
 * Emits the product of the rows of a register with many tokens, some of them (a group) at a time:
 * {@code void f(weights, x, y, yAt, yStride, units of a strip + (groups << 32))}. Results are those
 * of {@link DotKernel}, bit for bit.
 *
 * <p>A unit of weights is converted once for all tokens, to the stack ({@link UnitLines}).
 */
final class BatchKernel {
  /** Largest number of tokens in a call, so that the garbage collector does not wait long. */
  static final int MOST = 512;

  private static final Gpr WEIGHTS = Gpr.RDI;
  private static final Gpr X_UNIT = Gpr.RSI;
  private static final Gpr Y = Gpr.RDX;
  private static final Gpr Y_AT = Gpr.RCX;
  private static final Gpr Y_STRIDE = Gpr.R8;
  private static final Gpr GROUPS = Gpr.R9;
  private static final Gpr UNITS = Gpr.R10;
  private static final Gpr X_STRIDE = Gpr.R11;
  private static final Gpr COUNT = Gpr.R12;
  private static final Gpr X_GROUP = Gpr.R13;
  private static final Gpr Y_GROUP = Gpr.R14;
  private static final Gpr X = Gpr.R15;
  private static final Gpr SCALES = Gpr.RAX;
  private static final Gpr CODES = Gpr.RBX;
  private static final Gpr Y_TOKEN = Gpr.RCX;
  private static final Gpr BLOCKS = Gpr.RCX;
  private static final Gpr STACK = Gpr.RBP;

  private final Assembler a = new Assembler();
  private final Packing packing;
  private final int unit;
  private final Input input;
  private final Registers r;
  private final UnitLines weights;
  private final DotLines dots;

  /**
   * @param dot the instruction of {@link Tier#dot}
   * @param unit columns of a unit
   */
  BatchKernel(Tier tier, VecOp dot, Packing packing, int unit) {
    this.packing = packing;
    this.unit = unit;
    this.input = tier.input();
    this.r = new Registers(tier, input.tokens());
    CodeLines codes = new CodeLines(a, tier, packing, r);
    this.weights = new UnitLines(a, tier, packing, unit, r, codes);
    List<Vec> free = List.of(r.line, r.high); // weights are unpacked by then
    this.dots = new DotLines(a, tier, dot, packing, input, input.tokens(), r, codes, free);
  }

  Assembler emit(Platform platform) {
    Frame.enter(a, platform);
    a.op(ADD, Y, Y_AT);
    stack();
    a.op(MOV, UNITS.dword(), GROUPS.dword());
    a.op(SHR, GROUPS, 32);
    a.set(X_STRIDE, input.bytes(unit));
    a.op(IMUL, X_STRIDE, UNITS);
    r.load(a);
    clear();
    Label begin = new Label("unit");
    a.bind(begin);
    weights.unpack(WEIGHTS, Gpr.RSP, COUNT);
    multiply();
    a.op(ADD, X_UNIT, input.bytes(unit));
    a.op(DEC, UNITS);
    a.jump(Condition.NE, begin);
    a.op(MOV, Gpr.RSP, STACK);
    Frame.leave(a, platform);
    r.put(a);
    return a;
  }

  /** Takes memory from the stack, page by page as Windows requires. */
  private void stack() {
    a.op(MOV, STACK, Gpr.RSP);
    for (int at = 4096; at < weights.bytes() + Packing.LINE; at += 4096) {
      a.op(MOV, COUNT, mem(Gpr.RSP).disp(-at));
    }
    a.op(SUB, Gpr.RSP, weights.bytes());
    a.op(AND, Gpr.RSP, -Packing.LINE);
  }

  private void clear() {
    Label begin = new Label("clear");
    a.op(VPXORD, r.x, r.x, r.x);
    a.op(MOV, Y_TOKEN, Y);
    a.op(MOV, COUNT, GROUPS);
    a.bind(begin);
    for (int t = 0; t < input.tokens(); t++) {
      a.op(VMOVUPS, mem(Y_TOKEN), r.x);
      a.op(ADD, Y_TOKEN, Y_STRIDE);
    }
    a.op(DEC, COUNT);
    a.jump(Condition.NE, begin);
  }

  /** Adds the products of a unit with all tokens to the results. */
  private void multiply() {
    Label begin = new Label("group");
    a.op(MOV, X_GROUP, X_UNIT);
    a.op(MOV, Y_GROUP, Y);
    a.op(MOV, COUNT, GROUPS);
    a.bind(begin);
    a.op(MOV, Y_TOKEN, Y_GROUP);
    for (int t = 0; t < input.tokens(); t++) {
      a.op(VMOVUPS, r.result(t), mem(Y_TOKEN));
      a.op(ADD, Y_TOKEN, Y_STRIDE);
    }
    blocks();
    for (int t = 0; t < input.tokens(); t++) {
      a.op(VMOVUPS, mem(Y_GROUP), r.result(t));
      a.op(ADD, Y_GROUP, Y_STRIDE);
    }
    a.op(ADD, X_GROUP, X_STRIDE);
    a.op(DEC, COUNT);
    a.jump(Condition.NE, begin);
  }

  /** Adds the products of all blocks of 32 columns of a unit. */
  private void blocks() {
    Label begin = new Label("block");
    a.op(MOV, X, X_GROUP);
    a.op(MOV, CODES, Gpr.RSP);
    a.op(LEA, SCALES, mem(Gpr.RSP).disp(weights.scalesAt()));
    a.set(BLOCKS, unit / Input.COLUMNS);
    a.bind(begin);
    for (int column = 0; column < Input.COLUMNS; column += packing.group()) {
      int at = column / 4;
      dots.sums(X, column, (four, to) -> weights.four(CODES, at + four, to));
      weights.scale(mem(SCALES), column / packing.group());
      dots.scale(X, column);
    }
    a.op(ADD, X, input.bytes());
    a.op(ADD, CODES, weights.codeBytes(Input.COLUMNS));
    a.op(ADD, SCALES, Input.COLUMNS / packing.group() * weights.scaleBytes());
    a.op(DEC, BLOCKS);
    a.jump(Condition.NE, begin);
  }
}
