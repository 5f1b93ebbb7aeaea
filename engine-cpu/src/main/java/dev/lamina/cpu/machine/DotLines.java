package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VBROADCASTSS;
import static dev.lamina.cpu.assembler.VecOp.VCVTDQ2PS;
import static dev.lamina.cpu.assembler.VecOp.VFMADD231PS;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;
import static dev.lamina.cpu.assembler.VecOp.VPABSB;
import static dev.lamina.cpu.assembler.VecOp.VPADDD;
import static dev.lamina.cpu.assembler.VecOp.VPADDW;
import static dev.lamina.cpu.assembler.VecOp.VPBROADCASTD;
import static dev.lamina.cpu.assembler.VecOp.VPMADDUBSW;
import static dev.lamina.cpu.assembler.VecOp.VPMADDWD;
import static dev.lamina.cpu.assembler.VecOp.VPSIGNB;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.cpu.kernel.Packing;
import java.util.ArrayList;
import java.util.List;

/**
 * Emits the product of a group of columns with a few tokens, and its scaling. Lanes are rows: a zmm
 * register holds the rows of a strip, a ymm register half of them. Sums of a group are integers;
 * multiplying by the scale turns them into floats.
 */
final class DotLines {
  /** Emits the codes of four columns of a group. */
  @FunctionalInterface
  interface Codes {
    void four(int four, Vec to);
  }

  private final Assembler a;
  private final Tier tier;
  private final VecOp dot;
  private final Packing packing;
  private final int tokens;
  private final Input input;
  private final Registers r;
  private final boolean signed;

  /** Whether sums of a group have 16 bits. */
  private final boolean words;

  /** Takes the codes that are multiplied at once, because their sums fit 16 bits; one if not. */
  private final List<Vec> held;

  /** A factor of the low one of two words. */
  private final Operand minusBias;

  private final Operand ones;

  /**
   * @param dot the instruction of {@link Tier#dot}
   * @param input the layout of the activations
   * @param tokens at most the number of tokens that the layout interleaves
   * @param codes says what the codes are
   * @param free registers besides codes and scale that may hold codes while sums are computed
   */
  DotLines(
      Assembler a,
      Tier tier,
      VecOp dot,
      Packing packing,
      Input input,
      int tokens,
      Registers r,
      CodeLines codes,
      List<Vec> free) {
    this.a = a;
    this.tier = tier;
    this.dot = dot;
    this.packing = packing;
    this.input = input;
    this.tokens = tokens;
    this.r = r;
    this.signed = codes.signed;
    this.minusBias = codes.bias == 0 ? null : r.constant(-codes.bias & 0xffff);
    boolean narrow = tier == Tier.AVX2;
    this.words = narrow && 4 * codes.foursInWords >= packing.group();
    List<Vec> all = new ArrayList<>(List.of(r.codes, r.scale));
    all.addAll(free);
    int most = Math.min(all.size(), packing.group() / 4);
    int several = Integer.highestOneBit(Math.min(most, codes.foursInWords));
    this.held = all.subList(0, narrow && !words ? several : 1);
    this.ones = narrow ? r.constant(0x00010001) : null;
  }

  /**
   * Emits the sums of a group, in {@link Registers#sum}. Changes the registers codes, scale, min
   * and x.
   *
   * @param x address of the activations of 32 columns
   * @param column the group's first one, counted from where x points to
   */
  void sums(Gpr x, int column, Codes codes) {
    boolean empty = words || minusBias == null;
    for (int t = 0; t < tokens && !empty; t++) {
      correction(r.sum(t), mem(x).disp(input.steps(column, packing.group(), t)));
    }
    for (int four = 0; four < packing.group() / 4; four += held.size()) {
      for (int i = 0; i < held.size(); i++) {
        codes.four(four + i, held.get(i));
      }
      if (signed) {
        a.op(VPABSB, r.scale, r.codes);
      }
      int at = column / 4 + four;
      for (int t = 0; t < tokens; t++) {
        if (held.size() > 1) {
          addSeveral(x, t, at, empty);
        } else {
          add(t, mem(x).disp(input.four(at, t)), empty);
        }
      }
      empty = false;
    }
  }

  /** Computes the correction for codes that include the bias. Totals of steps have 13 bits. */
  private void correction(Vec to, Mem steps) {
    a.op(VPBROADCASTD, to, steps);
    a.op(VPMADDWD, to, to, minusBias);
  }

  /** Adds the products of four columns to a sum, which may be empty. */
  private void add(int t, Mem x, boolean empty) {
    Vec sum = r.sum(t);
    if (tier == Tier.AVX512 || tier == Tier.AVX_VNNI) {
      if (empty) {
        a.op(VPXORD, sum, sum, sum);
      }
      if (tier == Tier.AVX512) {
        a.op(dot, sum, r.codes, x.broadcast());
      } else {
        a.op(VPBROADCASTD, r.x, x);
        a.op(dot, sum, r.codes, r.x);
      }
      return;
    }
    a.op(VPBROADCASTD, r.x, x);
    if (signed) {
      a.op(VPSIGNB, r.x, r.x, r.codes);
    }
    Vec codes = signed ? r.scale : r.codes;
    if (words) {
      a.op(VPMADDUBSW, empty ? sum : r.x, codes, r.x);
      if (!empty) {
        a.op(VPADDW, sum, sum, r.x);
      }
      return;
    }
    a.op(VPMADDUBSW, r.x, codes, r.x);
    addWords(sum, empty);
  }

  /** Adds the products of the columns from a four on whose codes are held. */
  private void addSeveral(Gpr x, int t, int four, boolean empty) {
    for (int i = 0; i < held.size(); i++) {
      Vec to = i == 0 ? r.x : r.min;
      a.op(VPBROADCASTD, to, mem(x).disp(input.four(four + i, t)));
      a.op(VPMADDUBSW, to, held.get(i), to);
      if (i > 0) {
        a.op(VPADDW, r.x, r.x, r.min);
      }
    }
    addWords(r.sum(t), empty);
  }

  private void addWords(Vec sum, boolean empty) {
    a.op(VPMADDWD, empty ? sum : r.x, r.x, ones);
    if (!empty) {
      a.op(VPADDD, sum, sum, r.x);
    }
  }

  /** Widens a sum of 16 bits to 32 bits. */
  private void widen(Vec sum, Mem steps) {
    a.op(VPMADDWD, sum, sum, ones);
    if (minusBias != null) {
      correction(r.x, steps);
      a.op(VPADDD, sum, sum, r.x);
    }
  }

  /** Emits the addition of the sums to {@link Registers#result}, by the registers scale and min. */
  void scale(Gpr x, int column) {
    for (int t = 0; t < tokens; t++) {
      Vec sum = r.sum(t);
      if (words) {
        widen(sum, mem(x).disp(input.steps(column, packing.group(), t)));
      }
      a.op(VCVTDQ2PS, sum, sum);
      a.op(VMULPS, sum, sum, r.scale);
      multiplyAdd(r.result(t), sum, mem(x).disp(input.unit(t)));
      if (packing.hasMins()) {
        int total = input.total(column, packing.group(), t);
        multiplyAdd(r.result(t), r.min, mem(x).disp(total));
      }
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
