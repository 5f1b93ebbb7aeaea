package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.PREFETCHT0;
import static dev.lamina.cpu.assembler.GprOp.SHR;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VBROADCASTSS;
import static dev.lamina.cpu.assembler.VecOp.VCVTDQ2PS;
import static dev.lamina.cpu.assembler.VecOp.VFMADD231PS;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;
import static dev.lamina.cpu.assembler.VecOp.VPABSB;
import static dev.lamina.cpu.assembler.VecOp.VPADDD;
import static dev.lamina.cpu.assembler.VecOp.VPADDW;
import static dev.lamina.cpu.assembler.VecOp.VPBROADCASTD;
import static dev.lamina.cpu.assembler.VecOp.VPMADDUBSW;
import static dev.lamina.cpu.assembler.VecOp.VPMADDWD;
import static dev.lamina.cpu.assembler.VecOp.VPMULLD;
import static dev.lamina.cpu.assembler.VecOp.VPSIGNB;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.system.Platform;

/**
 * Emits the product of strips of a repacked matrix with a few tokens: {@code void f(weights, x, y,
 * yAt, yStride, units of a strip + (strips << 32))}. Lanes are rows: a zmm register holds the rows
 * of a strip, a ymm register half of them. Results go to y + yAt, strips 16 floats and tokens
 * yStride bytes apart. Sums of a group are integers; multiplying by the scale turns them into
 * floats.
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
  private final Tier tier;
  private final VecOp dot;
  private final Packing packing;
  private final int unit;
  private final int tokens;
  private final Input input;
  private final Registers r;
  private final CodeLines codes;
  private final ScaleLines scales;

  /** Whether sums of a group have 16 bits. */
  private final boolean words;

  /** Whether eight columns are multiplied at once, because their sums fit 16 bits. */
  private final boolean pairs;

  private final Operand minusBias;
  private final Operand ones;

  /**
   * @param dot the instruction of {@link Tier#dot}
   * @param unit columns of a unit
   * @param input the layout of the activations
   * @param tokens at most the number of tokens that the layout interleaves
   */
  DotKernel(Tier tier, VecOp dot, Packing packing, int unit, Input input, int tokens) {
    this.tier = tier;
    this.dot = dot;
    this.packing = packing;
    this.unit = unit;
    this.tokens = tokens;
    this.input = input;
    this.r = new Registers(tier, tokens);
    this.codes = new CodeLines(a, tier, packing, r);
    this.scales = new ScaleLines(a, packing, unit, r);
    this.minusBias = codes.bias == 0 ? null : r.constant(-codes.bias);
    boolean narrow = tier == Tier.AVX2;
    this.words = narrow && 4 * codes.foursInWords >= packing.group();
    this.pairs = narrow && !words && codes.foursInWords > 1;
    this.ones = narrow ? r.constant(0x00010001) : null;
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
    int fours = packing.group() / 4;
    int column = g * packing.group();
    for (int t = 0; t < tokens; t++) {
      if (words || minusBias == null) {
        a.op(VPXORD, r.sum(t), r.sum(t), r.sum(t));
      } else {
        correction(r.sum(t), mem(X).disp(input.steps(column, packing.group(), t)));
      }
    }
    int step = pairs ? 2 : 1;
    for (int four = g * fours; four < (g + 1) * fours; four += step) {
      codes.four(WEIGHTS, four, r.codes);
      if (pairs) {
        codes.four(WEIGHTS, four + 1, r.scale);
      } else if (codes.signed) {
        a.op(VPABSB, r.scale, r.codes);
      }
      for (int t = 0; t < tokens; t++) {
        Mem x = mem(X).disp(input.four(four, t));
        if (pairs) {
          addTwo(t, x, mem(X).disp(input.four(four + 1, t)));
        } else {
          add(t, x);
        }
      }
    }
    scales.group(SCALES, g);
    for (int t = 0; t < tokens; t++) {
      scale(g, t);
    }
  }

  /** Computes the correction for codes that include the bias. */
  private void correction(Vec to, Mem steps) {
    a.op(VPBROADCASTD, to, steps);
    a.op(VPMULLD, to, to, minusBias);
  }

  /** Adds the products of four columns. */
  private void add(int t, Mem x) {
    if (tier == Tier.AVX512) {
      a.op(dot, r.sum(t), r.codes, x.broadcast());
      return;
    }
    a.op(VPBROADCASTD, r.x, x);
    if (tier == Tier.AVX_VNNI) {
      a.op(dot, r.sum(t), r.codes, r.x);
      return;
    }
    if (codes.signed) {
      a.op(VPSIGNB, r.x, r.x, r.codes);
    }
    a.op(VPMADDUBSW, r.x, codes.signed ? r.scale : r.codes, r.x);
    if (words) {
      a.op(VPADDW, r.sum(t), r.sum(t), r.x);
      return;
    }
    a.op(VPMADDWD, r.x, r.x, ones);
    a.op(VPADDD, r.sum(t), r.sum(t), r.x);
  }

  /** Adds the products of eight columns, whose codes are in two registers. */
  private void addTwo(int t, Mem first, Mem second) {
    a.op(VPBROADCASTD, r.x, first);
    a.op(VPMADDUBSW, r.x, r.codes, r.x);
    a.op(VPBROADCASTD, r.min, second);
    a.op(VPMADDUBSW, r.min, r.scale, r.min);
    a.op(VPADDW, r.x, r.x, r.min);
    a.op(VPMADDWD, r.x, r.x, ones);
    a.op(VPADDD, r.sum(t), r.sum(t), r.x);
  }

  /** Widens a sum of 16 bits to 32 bits. */
  private void widen(Vec sum, Mem steps) {
    a.op(VPMADDWD, sum, sum, ones);
    if (minusBias != null) {
      correction(r.x, steps);
      a.op(VPADDD, sum, sum, r.x);
    }
  }

  private void scale(int g, int t) {
    Vec sum = r.sum(t);
    int column = g * packing.group();
    if (words) {
      widen(sum, mem(X).disp(input.steps(column, packing.group(), t)));
    }
    a.op(VCVTDQ2PS, sum, sum);
    a.op(VMULPS, sum, sum, r.scale);
    multiplyAdd(r.result(t), sum, mem(X).disp(input.unit(t)));
    if (packing.hasMins()) {
      int total = input.total(column, packing.group(), t);
      multiplyAdd(r.result(t), r.min, mem(X).disp(total));
    }
  }

  private void multiplyAdd(Vec to, Vec by, Mem x) {
    if (tier == Tier.AVX512) {
      a.op(VFMADD231PS, to, by, x.broadcast());
    } else {
      a.op(VBROADCASTSS, r.x, x);
      a.op(VFMADD231PS, to, by, r.x);
    }
  }
}
