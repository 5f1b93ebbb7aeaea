package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.PREFETCHT0;
import static dev.lamina.cpu.assembler.GprOp.SHR;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.system.Platform;
import java.util.List;

/**
 * Emits the product of strips of a repacked matrix with a few tokens: {@code void f(weights, x, y,
 * yAt, yStride, units of a strip + (strips << 32))}. Results go to y + yAt, strips 16 floats and
 * tokens yStride bytes apart. {@link DotLines} has the arithmetic.
 *
 * <p>The weights are units in the layout of {@link Packing}, one after the other. The activations
 * have the layout of {@link Input}.
 */
final class DotKernel {
  private static final Gpr WEIGHTS = Gpr.RDI;
  private static final Gpr X_BEGIN = Gpr.RSI;
  private static final Gpr Y = Gpr.RDX;
  private static final Gpr Y_AT = Gpr.RCX;
  private static final Gpr Y_STRIDE = Gpr.R8;
  private static final Gpr STRIPS = Gpr.R9;
  private static final Gpr N_UNITS = Gpr.R13;
  private static final Gpr SCALES = Gpr.RAX;
  private static final Gpr X = Gpr.RBX;
  private static final Gpr UNITS = Gpr.R10;
  private static final Gpr TURNS = Gpr.R11;
  private static final Gpr Y_TOKEN = Gpr.R12;

  /**
   * Prefetch distance of weights in bytes: a page of 4 KiB, because processors prefetch only within
   * a page.
   */
  static final int AHEAD = 4096;

  private final Assembler a = new Assembler();
  private final Packing packing;
  private final int unit;
  private final int tokens;
  private final Input input;
  private final Registers r;
  private final CodeLines codes;
  private final ScaleLines scales;
  private final DotLines dots;

  /**
   * @param dot the instruction of {@link Tier#dot}
   * @param unit columns of a unit
   * @param input the layout of the activations
   * @param tokens at most the number of tokens that the layout interleaves
   */
  DotKernel(Tier tier, VecOp dot, Packing packing, int unit, Input input, int tokens) {
    this.packing = packing;
    this.unit = unit;
    this.tokens = tokens;
    this.input = input;
    this.r = new Registers(tier, tokens);
    this.codes = new CodeLines(a, tier, packing, r);
    this.scales = new ScaleLines(a, packing, unit, r);
    this.dots = new DotLines(a, tier, dot, packing, input, tokens, r, codes, List.of());
  }

  Assembler emit(Platform platform) {
    Frame.enter(a, platform);
    a.op(ADD, Y, Y_AT);
    a.op(MOV, N_UNITS.dword(), STRIPS.dword());
    a.op(SHR, STRIPS, 32);
    r.load(a);
    Label strip = new Label("strip");
    a.bind(strip);
    a.op(MOV, X, X_BEGIN);
    a.op(MOV, UNITS, N_UNITS);
    for (int t = 0; t < tokens; t++) {
      a.op(VPXORD, r.result(t), r.result(t), r.result(t));
    }
    units();
    a.op(MOV, Y_TOKEN, Y);
    for (int t = 0; t < tokens; t++) {
      a.op(VMOVUPS, mem(Y_TOKEN), r.result(t));
      a.op(ADD, Y_TOKEN, Y_STRIDE);
    }
    a.op(ADD, Y, 4 * Packing.ROWS);
    a.op(DEC, STRIPS);
    a.jump(Condition.NE, strip);
    Frame.leave(a, platform);
    r.put(a);
    return a;
  }

  private void units() {
    int groups = scales.groupsOfTurn();
    int columns = groups * packing.group();
    int turns = unit / columns;
    Label begin = new Label("unit");
    Label turn = new Label("turn");
    a.bind(begin);
    a.op(MOV, SCALES, WEIGHTS);
    a.op(ADD, WEIGHTS, packing.scaleBytes(unit));
    scales.unit(SCALES);
    if (turns > 1) {
      a.set(TURNS, turns);
      a.bind(turn);
    }
    int lines = Math.ceilDiv(packing.unitBytes(unit), turns * Packing.LINE);
    for (int g = 0; g < groups; g++) {
      for (int i = lines * g / groups; i < lines * (g + 1) / groups; i++) {
        a.op(PREFETCHT0, mem(WEIGHTS).disp(AHEAD + i * Packing.LINE));
      }
      group(g);
      if ((g + 1) * packing.group() % Input.COLUMNS == 0) {
        a.op(ADD, X, input.bytes()); // so that displacements stay short
      }
    }
    a.op(ADD, WEIGHTS, CodeLines.bytes(packing, columns));
    if (turns > 1) {
      a.op(ADD, SCALES, Packing.LINE);
      a.op(DEC, TURNS);
      a.jump(Condition.NE, turn);
    }
    a.op(DEC, UNITS);
    a.jump(Condition.NE, begin);
  }

  private void group(int g) {
    int column = g * packing.group();
    dots.sums(X, column, (four, to) -> codes.four(WEIGHTS, column / 4 + four, to));
    scales.group(SCALES, g);
    dots.scale(X, column);
  }
}
