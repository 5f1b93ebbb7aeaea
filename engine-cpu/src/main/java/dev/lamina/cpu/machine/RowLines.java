package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.VecOp.VADDPS;
import static dev.lamina.cpu.assembler.VecOp.VBROADCASTSS;
import static dev.lamina.cpu.assembler.VecOp.VCMPPS;
import static dev.lamina.cpu.assembler.VecOp.VCVTDQ2PS;
import static dev.lamina.cpu.assembler.VecOp.VCVTPH2PS;
import static dev.lamina.cpu.assembler.VecOp.VCVTPS2PH;
import static dev.lamina.cpu.assembler.VecOp.VDIVPS;
import static dev.lamina.cpu.assembler.VecOp.VEXTRACTI32X4;
import static dev.lamina.cpu.assembler.VecOp.VFMADD213PS;
import static dev.lamina.cpu.assembler.VecOp.VFMADD231PS;
import static dev.lamina.cpu.assembler.VecOp.VMASKMOVPS;
import static dev.lamina.cpu.assembler.VecOp.VMAXPS;
import static dev.lamina.cpu.assembler.VecOp.VMINPS;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;
import static dev.lamina.cpu.assembler.VecOp.VPANDD;
import static dev.lamina.cpu.assembler.VecOp.VPANDND;
import static dev.lamina.cpu.assembler.VecOp.VPORD;
import static dev.lamina.cpu.assembler.VecOp.VPSHUFD;
import static dev.lamina.cpu.assembler.VecOp.VPSLLD;
import static dev.lamina.cpu.assembler.VecOp.VPSRAD;
import static dev.lamina.cpu.assembler.VecOp.VPSUBD;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;
import static dev.lamina.cpu.assembler.VecOp.VSQRTPS;
import static dev.lamina.cpu.assembler.VecOp.VSUBPS;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.engine.rows.Elementary;
import dev.lamina.engine.rows.RowNode;
import dev.lamina.engine.rows.RowNode.Kind;
import java.util.ArrayList;
import java.util.List;

/** Emits the instructions of a row program's nodes, eight elements at once. */
final class RowLines implements ExpLines.Constants {
  private static final int GREATER_THAN = 0x1E;
  private static final int VECTOR = 32;

  private final Assembler a;
  private final RowRegisters registers;
  private final Label masks = new Label("masks");
  private final List<Integer> constants = new ArrayList<>();
  private final List<Label> labels = new ArrayList<>();

  /** Registers of constants and sums that belong to no node. */
  private final List<Vec> temporaries = new ArrayList<>();

  private final Vec[][] sums;

  RowLines(Assembler a, RowRegisters registers, int nodes) {
    this.a = a;
    this.registers = registers;
    this.sums = new Vec[nodes][];
  }

  /** A vector of ones, then one of zeros. */
  Label masks() {
    return masks;
  }

  /** A constant in memory, repeated. */
  @Override
  public Mem constant(int bits) {
    int i = constants.indexOf(bits);
    if (i < 0) {
      i = constants.size();
      constants.add(bits);
      labels.add(new Label("constant" + i));
    }
    return Mem.mem(labels.get(i));
  }

  @Override
  public Mem constant(float value) {
    return constant(Float.floatToRawIntBits(value));
  }

  /** Writes the data after the code. */
  void put() {
    a.align(64);
    a.bind(masks);
    for (int i = 0; i < 2 * VECTOR; i++) {
      a.data((byte) (i < VECTOR ? -1 : 0));
    }
    for (int i = 0; i < constants.size(); i++) {
      a.bind(labels.get(i));
      int bits = constants.get(i);
      for (int j = 0; j < VECTOR; j++) {
        a.data((byte) (bits >> 8 * (j & 3)));
      }
    }
  }

  /** A node's register; of a constant, one that holds it until {@link #release}. */
  Vec register(RowNode node) {
    if (node.kind() != Kind.CONSTANT) {
      return registers.of(node);
    }
    Vec temporary = temporary();
    a.op(VMOVUPS, temporary, constant(node.value()));
    return temporary;
  }

  private Vec temporary() {
    Vec register = registers.temporary();
    temporaries.add(register);
    return register;
  }

  /** A node's register; of a constant, its memory. */
  private Operand operand(RowNode node) {
    return node.kind() == Kind.CONSTANT ? constant(node.value()) : registers.of(node);
  }

  /** Frees what a node read; but single values that a loop reads stay until its end. */
  void release(RowNode node) {
    for (int i = 0; i < node.kind().inputs(); i++) {
      RowNode input = node.input(i);
      if (input.kind() != Kind.CONSTANT && (node.isSingle() || !input.isSingle())) {
        registers.used(input);
      }
    }
    temporaries.forEach(registers::release);
    temporaries.clear();
  }

  /** Loads elements; those outside the mask are 0. */
  void load(Vec to, Mem from, Vec mask) {
    if (mask == null) {
      a.op(VMOVUPS, to, from);
    } else {
      a.op(VMASKMOVPS, to, mask, from);
    }
  }

  void store(Mem to, Vec from, Vec mask) {
    if (mask == null) {
      a.op(VMOVUPS, to, from);
    } else {
      a.op(VMASKMOVPS, to, mask, from);
    }
  }

  /** Emits a node that follows from others, element by element. */
  void compute(RowNode node) {
    switch (node.kind()) {
      case ADD -> binary(VADDPS, node);
      case SUBTRACT -> binary(VSUBPS, node);
      case MULTIPLY -> binary(VMULPS, node);
      case DIVIDE -> binary(VDIVPS, node);
      case MIN -> binary(VMINPS, node);
      case MAX -> binary(VMAXPS, node);
      case NEGATE -> bits(VPXORD, node, Integer.MIN_VALUE);
      case ABS -> bits(VPANDD, node, Integer.MAX_VALUE);
      case SQRT -> {
        Vec x = register(node.input(0));
        release(node);
        a.op(VSQRTPS, registers.take(node), x);
      }
      case SWAP_PAIRS -> {
        Vec x = register(node.input(0));
        release(node);
        a.op(VPSHUFD, registers.take(node), x, 0b10_11_00_01);
      }
      case ROUND_TO_F16 -> {
        Vec x = register(node.input(0));
        release(node);
        Vec to = registers.take(node);
        a.op(VCVTPS2PH, to.xmm(), x, 0);
        a.op(VCVTPH2PS, to, to.xmm());
      }
      case SELECT -> select(node);
      case EXP -> exp(node);
      case LOG -> log(node);
      default -> throw new IllegalArgumentException(node.kind() + " is not computed by element");
    }
  }

  private void binary(VecOp op, RowNode node) {
    Vec first = register(node.input(0));
    Operand second = operand(node.input(1));
    release(node);
    a.op(op, registers.take(node), first, second);
  }

  private void bits(VecOp op, RowNode node, int mask) {
    Vec x = register(node.input(0));
    release(node);
    a.op(op, registers.take(node), x, constant(mask));
  }

  private void select(RowNode node) {
    Vec mask = temporary();
    Vec to = registers.take(node);
    a.op(VCMPPS, mask, register(node.input(0)), operand(node.input(1)), GREATER_THAN);
    a.op(VPANDND, to, mask, operand(node.input(3)));
    a.op(VPANDD, mask, mask, operand(node.input(2)));
    a.op(VPORD, to, to, mask);
    release(node);
  }

  private void exp(RowNode node) {
    Vec input = register(node.input(0));
    Vec x = temporary();
    Vec lowest = temporary();
    Vec highest = temporary();
    a.op(VMOVUPS, x, input);
    a.op(VMOVUPS, lowest, constant(Elementary.LOWEST));
    a.op(VMOVUPS, highest, constant(Elementary.HIGHEST));
    new ExpLines(a, this, lowest, highest).emit(registers.take(node), x, highest, lowest);
    release(node);
  }

  /** As {@link Elementary#log}. */
  private void log(RowNode node) {
    Vec input = register(node.input(0));
    Vec exponent = temporary();
    Vec f = temporary();
    Vec square = temporary();
    Vec p = registers.take(node);
    a.op(VPSUBD, exponent, input, constant(Elementary.ROOT_HALF));
    a.op(VPSRAD, exponent, exponent, 23);
    a.op(VPSLLD, f, exponent, 23);
    a.op(VPSUBD, f, input, f);
    a.op(VSUBPS, f, f, constant(1f));
    a.op(VADDPS, p, f, constant(2f));
    a.op(VDIVPS, f, f, p);
    a.op(VMULPS, square, f, f);
    a.op(VMOVUPS, p, constant(Elementary.LOG_TERMS[0]));
    for (int i = 1; i < Elementary.LOG_TERMS.length; i++) {
      a.op(VFMADD213PS, p, square, constant(Elementary.LOG_TERMS[i]));
    }
    a.op(VMULPS, p, p, f);
    a.op(VCVTDQ2PS, exponent, exponent);
    a.op(VFMADD231PS, p, exponent, constant(Elementary.LN2));
    release(node);
  }

  /** Clears the registers of a reduction. */
  void clear(RowNode reduction, int times) {
    Vec[] some = new Vec[times];
    for (int i = 0; i < times; i++) {
      some[i] = registers.temporary();
      if (reduction.kind() == Kind.SUM) {
        a.op(VPXORD, some[i], some[i], some[i]);
      } else {
        a.op(VMOVUPS, some[i], constant(Float.NEGATIVE_INFINITY));
      }
    }
    sums[reduction.number()] = some;
  }

  /** Adds elements to a reduction; those outside the mask do not count. */
  void accumulate(RowNode reduction, int time, Vec mask) {
    Vec to = sums[reduction.number()][time];
    Vec x = register(reduction.input(0));
    if (mask != null) {
      Vec masked = temporary();
      a.op(VPANDD, masked, mask, x);
      if (reduction.kind() == Kind.LARGEST) {
        Vec outside = temporary();
        a.op(VPANDND, outside, mask, constant(Float.NEGATIVE_INFINITY));
        a.op(VPORD, masked, masked, outside);
      }
      x = masked;
    }
    combine(reduction, to, x);
    release(reduction);
  }

  /** The running result is the second operand, so that it stays where an element is NaN. */
  private void combine(RowNode reduction, Vec to, Vec x) {
    a.op(reduction.kind() == Kind.SUM ? VADDPS : VMAXPS, to, x, to);
  }

  /** Leaves the result of a reduction in all lanes of the node's register. */
  void reduce(RowNode reduction, int times) {
    Vec[] some = sums[reduction.number()];
    Vec to = some[0];
    for (int i = 1; i < times; i++) {
      combine(reduction, to, some[i]);
      registers.release(some[i]);
    }
    Vec temp = registers.temporary();
    a.op(VEXTRACTI32X4, temp.xmm(), to, 1);
    combine(reduction, to.xmm(), temp.xmm());
    a.op(VPSHUFD, temp.xmm(), to.xmm(), 0b01_00_11_10);
    combine(reduction, to.xmm(), temp.xmm());
    a.op(VPSHUFD, temp.xmm(), to.xmm(), 0b10_11_00_01);
    combine(reduction, to.xmm(), temp.xmm());
    a.op(VBROADCASTSS, to, to.xmm());
    registers.release(temp);
    registers.put(reduction, to);
  }
}
