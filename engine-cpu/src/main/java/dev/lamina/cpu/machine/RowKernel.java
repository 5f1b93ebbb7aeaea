package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.CMP;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.IMUL;
import static dev.lamina.cpu.assembler.GprOp.LEA;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.SUB;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VBROADCASTSS;
import static dev.lamina.cpu.assembler.VecOp.VCVTDQ2PS;
import static dev.lamina.cpu.assembler.VecOp.VMOVD;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VPSRLD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.system.Platform;
import dev.lamina.engine.rows.RowNode;
import dev.lamina.engine.rows.RowNode.Kind;
import dev.lamina.engine.rows.RowProgram;
import java.util.ArrayList;
import java.util.List;

/**
 * Emits the code of a row program: {@code void f(operands, row, memory, rows, from, bytes)}. The
 * operands are described by {@link MachineRows}; {@code bytes} of each run are computed, 1 or more,
 * from byte {@code from} on. Needs AVX2: longer vectors gain little where all data is in the
 * first-level cache, and results are the same on all tiers.
 */
final class RowKernel {
  /** Most operands, each in a register. */
  static final int OPERANDS = 6;

  private static final Gpr DESCRIPTION = Gpr.RDI;
  private static final Gpr ROW = Gpr.RSI;
  private static final Gpr MEMORY = Gpr.RDX;
  private static final Gpr ROWS = Gpr.RCX;
  private static final Gpr FROM = Gpr.R8;
  private static final Gpr BYTES = Gpr.R9;
  private static final Gpr AT = Gpr.R13;
  private static final Gpr REPEAT = Gpr.R14;
  private static final Gpr TEMP = Gpr.R15;
  private static final Gpr[] RUNS = {Gpr.RAX, Gpr.RBX, Gpr.RBP, Gpr.R10, Gpr.R11, Gpr.R12};

  private static final int VECTOR = 32;

  /** Sums of a pass with nothing slow are kept in so many registers. */
  private static final int SUMS = 4;

  private final RowProgram program;
  private final Assembler a = new Assembler();
  private final RowLines lines;
  private final RowRegisters registers;

  /**
   * @throws IllegalArgumentException if the program has too many operands or values
   */
  RowKernel(RowProgram program) {
    if (program.operands() > OPERANDS) {
      throw new IllegalArgumentException(program + " has more than " + OPERANDS + " operands");
    }
    this.program = program;
    this.registers = new RowRegisters(program);
    this.lines = new RowLines(a, registers, program.nodes().size());
  }

  Assembler emit(Platform platform) {
    Frame.enter(a, platform);
    Label row = new Label("row");
    Label repeat = new Label("repeat");
    a.bind(row);
    for (int i = 0; i < program.operands(); i++) {
      a.op(MOV, RUNS[i], description(MachineRows.rowStrideAt(i)));
      a.op(IMUL, RUNS[i], ROW);
      a.op(ADD, RUNS[i], description(MachineRows.placeAt(i)));
      a.op(ADD, RUNS[i], MEMORY);
      if (!program.isSingle(i)) {
        a.op(ADD, RUNS[i], FROM);
      }
    }
    a.op(MOV, REPEAT, description(MachineRows.REPEATS));
    a.bind(repeat);
    for (int pass = 0; pass <= program.passes(); pass++) {
      singles(pass);
      if (pass < program.passes()) {
        loop(pass);
      }
    }
    for (int i = 0; i < program.operands(); i++) {
      a.op(ADD, RUNS[i], description(MachineRows.repeatStrideAt(i)));
    }
    a.op(DEC, REPEAT);
    a.jump(Condition.NE, repeat);
    a.op(ADD, ROW, 1);
    a.op(DEC, ROWS);
    a.jump(Condition.NE, row);
    Frame.leave(a, platform);
    lines.put();
    return a;
  }

  private static Mem description(int offset) {
    return mem(DESCRIPTION).disp(offset);
  }

  /** Computes the values that are the same for all elements, in all lanes of a register. */
  private void singles(int pass) {
    for (RowNode node : program.before(pass)) {
      single(node);
    }
  }

  private void single(RowNode node) {
    switch (node.kind()) {
      case CONSTANT -> {} // in memory
      case LOAD_ONE -> a.op(VBROADCASTSS, registers.take(node), mem(RUNS[node.index()]));
      case PARAMETER -> {
        int at = MachineRows.parameter(program.operands(), node.index());
        a.op(VBROADCASTSS, registers.take(node), description(at));
      }
      case COUNT -> {
        Vec count = registers.take(node);
        a.op(VMOVD, count.xmm(), BYTES.dword());
        a.op(VPSRLD, count.xmm(), count.xmm(), 2);
        a.op(VCVTDQ2PS, count.xmm(), count.xmm());
        a.op(VBROADCASTSS, count, count.xmm());
      }
      case STORE_ONE -> {
        a.op(VMOVD, mem(RUNS[node.index()]), lines.register(node.input(0)).xmm());
        lines.release(node);
      }
      default -> lines.compute(node);
    }
  }

  /** Computes what a pass stores and reduces. */
  private void loop(int pass) {
    RowNode[] nodes = program.inLoop(pass);
    List<RowNode> reductions = new ArrayList<>();
    boolean slow = false;
    for (RowNode node : nodes) {
      if (node.kind().isReduction()) {
        reductions.add(node);
      }
      slow |= node.kind() == Kind.EXP || node.kind() == Kind.LOG;
    }
    int times = reductions.isEmpty() || slow ? 1 : SUMS;
    for (RowNode reduction : reductions) {
      lines.clear(reduction, times);
    }
    a.op(SUB, AT, AT);
    if (times > 1) {
      vectors(nodes, times);
    }
    vectors(nodes, 1);
    rest(nodes);
    for (RowNode reduction : reductions) {
      lines.reduce(reduction, times);
    }
    registers.endLoop(pass);
  }

  /** A loop over whole vectors, as many at once. */
  private void vectors(RowNode[] nodes, int times) {
    Label next = new Label("next");
    Label end = new Label("end");
    a.bind(next);
    a.op(LEA, TEMP, mem(AT).disp(times * VECTOR));
    a.op(CMP, TEMP, BYTES);
    a.jump(Condition.A, end);
    for (int i = 0; i < times; i++) {
      body(nodes, i, null);
    }
    a.op(MOV, AT, TEMP);
    a.jump(next);
    a.bind(end);
  }

  /** The last elements, fewer than a vector. */
  private void rest(RowNode[] nodes) {
    Label end = new Label("rest");
    a.op(CMP, AT, BYTES);
    a.jump(Condition.E, end);
    a.op(LEA, TEMP, mem(lines.masks()));
    a.op(ADD, TEMP, AT);
    a.op(SUB, TEMP, BYTES);
    Vec mask = registers.temporary();
    a.op(VMOVUPS, mask, mem(TEMP).disp(VECTOR));
    body(nodes, 0, mask);
    registers.release(mask);
    a.bind(end);
  }

  /**
   * @param mask of the elements to compute; null for a whole vector
   */
  private void body(RowNode[] nodes, int time, Vec mask) {
    registers.beginBody(nodes);
    for (RowNode node : nodes) {
      switch (node.kind()) {
        case LOAD -> lines.load(registers.take(node), element(node, time), mask);
        case STORE -> {
          lines.store(element(node, time), lines.register(node.input(0)), mask);
          lines.release(node);
        }
        case SUM, LARGEST -> lines.accumulate(node, time, mask);
        default -> lines.compute(node);
      }
    }
  }

  private static Mem element(RowNode node, int time) {
    return mem(RUNS[node.index()]).index(AT, 1).disp(time * VECTOR);
  }
}
