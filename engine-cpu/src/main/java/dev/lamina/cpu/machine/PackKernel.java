package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.AND;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.SUB;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VMOVDQU32;
import static dev.lamina.cpu.assembler.VecOp.VPADDB;
import static dev.lamina.cpu.assembler.VecOp.VPANDD;
import static dev.lamina.cpu.assembler.VecOp.VPORD;
import static dev.lamina.cpu.assembler.VecOp.VPSHUFB;
import static dev.lamina.cpu.assembler.VecOp.VPSRLD;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.system.Platform;
import dev.lamina.kernels.TensorType;
import java.util.List;

/**
 * Emits code that repacks a strip to the layout of {@link Packing}: {@code void f(weights, bytes of
 * a row, y, yAt, infinite, units)}. To the last address it writes a vector that is 0 if all scales
 * are finite. It first gathers groups of four bytes of all rows: each group is a line on the stack.
 * From then on lanes are rows.
 */
final class PackKernel {
  private static final boolean[] PACKED = new boolean[TensorType.values().length];

  static {
    for (TensorType type : TensorType.values()) {
      PACKED[type.ordinal()] = FileBits.of(type) != null;
    }
  }

  private static final Gpr WEIGHTS = Gpr.RDI;
  private static final Gpr ROW_BYTES = Gpr.RSI;
  private static final Gpr Y_AT = Gpr.RCX;
  private static final Gpr INFINITE = Gpr.R8;
  private static final Gpr UNITS = Gpr.R9;
  private static final Gpr STACK = Gpr.RBP;

  private final TensorType type;
  private final Packing packing;
  private final int unit;
  private final FileBits file;
  private final PackLines lines;
  private final Assembler a;
  private final Vec line;
  private final Vec even;
  private final Vec odd;
  private final Vec temp;

  /**
   * @param unit columns of a unit
   */
  PackKernel(Tier tier, TensorType type, Packing packing, int unit) {
    this.type = type;
    this.packing = packing;
    this.unit = unit;
    this.file = FileBits.of(type);
    this.lines = new PackLines(tier, type, file, unit);
    this.a = lines.a;
    this.line = lines.line;
    this.even = lines.even;
    this.odd = lines.odd;
    this.temp = lines.temp;
  }

  /** Whether there is a kernel for a type. */
  static boolean packs(TensorType type) {
    return PACKED[type.ordinal()];
  }

  Assembler emit(Platform platform) {
    Frame.enter(a, platform);
    a.op(ADD, PackLines.Y, Y_AT);
    a.op(MOV, STACK, Gpr.RSP);
    a.op(SUB, Gpr.RSP, lines.stackBytes());
    a.op(AND, Gpr.RSP, -Packing.LINE);
    a.op(VPXORD, lines.infinite, lines.infinite, lines.infinite);
    Label load = new Label("load");
    a.jump(load); // the constants are known only later
    Label begin = new Label("unit");
    a.bind(begin);
    lines.gather(WEIGHTS, ROW_BYTES);
    PackScales scales = new PackScales(lines, type, packing, unit);
    lines.forAllRows(() -> {
      scales.emit();
      plane(file.low(), false);
      if (file.high() != null) {
        plane(file.high(), true);
      }
    });
    a.op(ADD, WEIGHTS, (int) type.bytes(unit));
    a.op(ADD, PackLines.Y, packing.unitBytes(unit));
    a.op(DEC, UNITS);
    a.jump(Condition.NE, begin);
    a.op(VPANDD, lines.infinite, lines.infinite, lines.r.constant(0x80008000));
    a.op(VMOVDQU32, mem(INFINITE), lines.infinite);
    a.op(MOV, Gpr.RSP, STACK);
    Frame.leave(a, platform);
    a.bind(load);
    lines.r.load(a);
    a.jump(begin);
    lines.r.put(a);
    return a;
  }

  private void plane(FileBits.Plane plane, boolean high) {
    int first = packing.scaleBytes(unit) / Packing.LINE;
    int columns = 4 * 8 / plane.bits();
    int perHigh = file.high() == null ? 0 : packing.lowBits() / file.high().bits();
    for (int i = 0; i < unit / columns; i++) {
      int to = first + i;
      if (high) {
        to += (i + 1) * perHigh;
      } else if (perHigh > 0) {
        to += i / perHigh;
      }
      if (plane.bits() < 8) {
        bits(plane, i * columns, columns);
        lines.store(to, line);
      } else if (i % 2 == 0) {
        take(plane, i * columns, even);
        take(plane, i * columns + 4, odd);
        lines.interleave(to);
      }
    }
  }

  /** Writes a line with the bits of this number of columns. */
  private void bits(FileBits.Plane plane, int from, int columns) {
    for (int k = 0; k < columns; k += 8) {
      take(plane, from + k, even);
      take(plane, from + k + 4, odd);
      // Bytes 2 and 3 come above 0 and 1.
      for (Vec v : List.of(even, odd)) {
        a.op(VPSRLD, temp, v, 16 - plane.bits());
        a.op(VPORD, v, v, temp);
      }
      a.op(VPSHUFB, even, even, lines.bytes(0, -1, 1, -1));
      a.op(VPSHUFB, odd, odd, lines.bytes(-1, 0, -1, 1));
      if (k == 0) {
        a.op(VPORD, line, even, odd);
      } else {
        a.op(VPORD, even, even, odd);
        lines.orShifted(line, even, k / 4 * plane.bits());
      }
    }
  }

  /** Extracts the bits of four columns, one byte each. */
  private void take(FileBits.Plane plane, int column, Vec to) {
    int inBlock = column % type.blockSize();
    Mem from = lines.four(column / type.blockSize(), plane.at(inBlock));
    if (plane.bits() == 8) {
      a.op(VMOVDQU32, to, from);
    } else if (plane.inOrder()) {
      bitsInOrder(to, from, plane.shift(inBlock));
    } else {
      lines.masked(to, from, plane.shift(inBlock), CodeLines.EACH_BYTE * ((1 << plane.bits()) - 1));
    }
  }

  /** Turns four bits, from the given one on, into four bytes. */
  private void bitsInOrder(Vec to, Mem from, int bit) {
    a.op(VMOVDQU32, to, from);
    a.op(VPSRLD, to, to, bit);
    a.op(VPSHUFB, to, to, lines.bytes(0, 0, 0, 0));
    a.op(VPANDD, to, to, lines.r.constant(0x08040201));
    a.op(VPADDB, to, to, lines.r.constant(0x7f * CodeLines.EACH_BYTE));
    a.op(VPSRLD, to, to, 7);
    a.op(VPANDD, to, to, lines.r.constant(CodeLines.EACH_BYTE));
  }
}
