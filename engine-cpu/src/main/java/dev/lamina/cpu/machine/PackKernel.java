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
import static dev.lamina.cpu.assembler.VecOp.VPSLLD;
import static dev.lamina.cpu.assembler.VecOp.VPSRLD;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.system.Platform;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.Q2_K;
import dev.lamina.kernels.format.Q3_K;
import dev.lamina.kernels.format.Q4_K;
import dev.lamina.kernels.format.Q6_K;
import java.util.ArrayList;
import java.util.List;

/**
 * Emits code that repacks a strip to the layout of {@link Packing}: {@code void f(weights, bytes of
 * a row, y, yAt, nothing, units)}. It first gathers groups of four bytes of all rows: each group is
 * a line on the stack. From then on lanes are rows.
 */
final class PackKernel {
  private static final int NIBBLES = 15 * CodeLines.EACH_BYTE;
  private static final int LESS_32 = 0xe0e0e0e0;
  private static final int LOW = 0xffff;

  private static final Gpr WEIGHTS = Gpr.RDI;
  private static final Gpr ROW_BYTES = Gpr.RSI;
  private static final Gpr Y = Gpr.RDX;
  private static final Gpr Y_AT = Gpr.RCX;
  private static final Gpr UNITS = Gpr.R9;
  private static final Gpr ROW = Gpr.R10;
  private static final Gpr LINES = Gpr.R11;
  private static final Gpr COUNT = Gpr.R12;
  private static final Gpr STACK = Gpr.RBP;
  private static final Gpr FOUR = Gpr.RAX.dword();

  private final Assembler a = new Assembler();
  private final Tier tier;
  private final TensorType type;
  private final Packing packing;
  private final int unit;
  private final FileBits file;
  private final Registers r;

  /** Contents of the lines on the stack, as offsets in the rows. */
  private final List<Integer> fours = new ArrayList<>();

  private final Vec line;
  private final Vec even;
  private final Vec odd;
  private final Vec temp;

  /** First row of the lanes. */
  private int lane;

  /**
   * @param unit columns of a unit
   */
  PackKernel(Tier tier, TensorType type, Packing packing, int unit) {
    this.tier = tier;
    this.type = type;
    this.packing = packing;
    this.unit = unit;
    this.file = FileBits.of(type);
    this.r = new Registers(tier, 1);
    this.line = new Vec(0, tier.bits);
    this.even = new Vec(1, tier.bits);
    this.odd = new Vec(2, tier.bits);
    this.temp = new Vec(3, tier.bits);
    for (int block = 0; block < unit / type.blockSize(); block++) {
      for (int four : file.fours(type.blockSize())) {
        fours.add(block * type.blockBytes() + four);
      }
    }
  }

  /** Whether there is a kernel for a type. */
  static boolean packs(TensorType type) {
    return FileBits.of(type) != null;
  }

  Assembler emit(Platform platform) {
    Frame.enter(a, platform);
    a.op(ADD, Y, Y_AT);
    a.op(MOV, STACK, Gpr.RSP);
    a.op(SUB, Gpr.RSP, fours.size() * Packing.LINE);
    a.op(AND, Gpr.RSP, -Packing.LINE);
    Label load = new Label("load");
    a.jump(load); // the constants are known only later
    Label begin = new Label("unit");
    a.bind(begin);
    gather();
    for (lane = 0; lane < Packing.ROWS; lane += tier.lanes()) {
      scales();
      plane(file.low(), false);
      if (file.high() != null) {
        plane(file.high(), true);
      }
    }
    a.op(ADD, WEIGHTS, (int) type.bytes(unit));
    a.op(ADD, Y, packing.unitBytes(unit));
    a.op(DEC, UNITS);
    a.jump(Condition.NE, begin);
    a.op(MOV, Gpr.RSP, STACK);
    Frame.leave(a, platform);
    a.bind(load);
    r.load(a);
    a.jump(begin);
    r.put(a);
    return a;
  }

  /** Copies the fours of a unit to the stack. */
  private void gather() {
    Label row = new Label("row");
    a.op(MOV, ROW, WEIGHTS);
    a.op(MOV, LINES, Gpr.RSP);
    a.set(COUNT, Packing.ROWS);
    a.bind(row);
    for (int i = 0; i < fours.size(); i++) {
      a.op(MOV, FOUR, mem(ROW).disp(fours.get(i)));
      a.op(MOV, mem(LINES).disp(i * Packing.LINE), FOUR);
    }
    a.op(ADD, ROW, ROW_BYTES);
    a.op(ADD, LINES, Integer.BYTES);
    a.op(DEC, COUNT);
    a.jump(Condition.NE, row);
  }

  /** Four bytes of each row, from an offset in a block on. */
  private Mem four(int block, int offset) {
    int at = fours.indexOf(block * type.blockBytes() + offset);
    return mem(Gpr.RSP).disp(at * Packing.LINE + lane * Integer.BYTES);
  }

  /** Writes a line of the unit. */
  private void store(int index, Vec v) {
    a.op(VMOVDQU32, mem(Y).disp(index * Packing.LINE + lane * Integer.BYTES), v);
  }

  private void scales() {
    switch (type) {
      case Q2_K -> {
        for (int i = 0; i < 4; i++) {
          Mem both = four(0, Q2_K.SCALES + 4 * i);
          masked(even, both, 0, NIBBLES);
          masked(odd, both, 4, NIBBLES);
          interleave(2 * i);
        }
        unitScales(Q2_K.D);
      }
      case Q3_K -> {
        for (int i = 0; i < 4; i++) {
          sixBits(
              line, four(0, Q3_K.SCALES + 4 * (i & 1)), i / 2 * 4, four(0, Q3_K.SCALES + 8), 2 * i);
          a.op(VPADDB, line, line, r.constant(LESS_32));
          store(i, line);
        }
        unitScale(Q3_K.D);
      }
      case Q4_K, Q5_K -> {
        Mem scales = four(0, Q4_K.SCALES);
        Mem mins = four(0, Q4_K.SCALES + 4);
        Mem last = four(0, Q4_K.SCALES + 8);
        masked(even, scales, 0, 63 * CodeLines.EACH_BYTE);
        masked(odd, mins, 0, 63 * CodeLines.EACH_BYTE);
        interleave(0);
        sixBits(even, last, 0, scales, 6);
        sixBits(odd, last, 4, mins, 6);
        interleave(2);
        unitScales(Q4_K.D);
      }
      case Q6_K -> {
        for (int i = 0; i < 4; i++) {
          a.op(VMOVDQU32, line, four(0, Q6_K.SCALES + 4 * i));
          store(i, line);
        }
        unitScale(Q6_K.D);
      }
      default -> blockScales();
    }
  }

  /** Nibbles below pairs of bits, shifted to the right. */
  private void sixBits(Vec to, Mem low, int right, Mem high, int highRight) {
    masked(to, low, right, NIBBLES);
    masked(temp, high, highRight, 3 * CodeLines.EACH_BYTE);
    a.op(VPSLLD, temp, temp, 4);
    a.op(VPORD, to, to, temp);
  }

  private void unitScale(int offset) {
    a.op(VMOVDQU32, line, four(0, offset - 2));
    a.op(VPSRLD, line, line, 16);
    store(packing.scaleLines(unit), line);
  }

  /** Scale and minimum, which the file subtracts. */
  private void unitScales(int offset) {
    a.op(VMOVDQU32, line, four(0, offset));
    a.op(VPXORD, line, line, r.constant(Integer.MIN_VALUE));
    store(packing.scaleLines(unit), line);
  }

  /** Of blocks that start with a scale, which a minimum may follow. */
  private void blockScales() {
    int blocks = unit / type.blockSize();
    for (int b = 0; b < blocks; b += 2) {
      masked(line, four(b, 0), 0, LOW);
      if (b + 1 < blocks) {
        a.op(VMOVDQU32, temp, four(b + 1, 0));
        a.op(VPSLLD, temp, temp, 16);
        a.op(VPORD, line, line, temp);
      }
      store(b / 2, line);
      if (packing.hasMins()) {
        a.op(VMOVDQU32, line, four(b, 0));
        a.op(VPSRLD, line, line, 16);
        if (b + 1 < blocks) {
          masked(temp, four(b + 1, 0), 0, ~LOW);
          a.op(VPORD, line, line, temp);
        }
        store((packing.scaleLines(unit) + b) / 2, line);
      }
    }
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
        store(to, line);
      } else if (i % 2 == 0) {
        take(plane, i * columns, even);
        take(plane, i * columns + 4, odd);
        interleave(to);
      }
    }
  }

  /** Writes four lines: bytes 0 of even and odd, bytes 1 of both, then bytes 2 and bytes 3. */
  private void interleave(int to) {
    for (int i = 0; i < 2; i++) {
      a.op(VPSHUFB, line, even, bytes(2 * i, -1, 2 * i + 1, -1));
      a.op(VPSHUFB, temp, odd, bytes(-1, 2 * i, -1, 2 * i + 1));
      a.op(VPORD, line, line, temp);
      store(to + i, line);
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
      a.op(VPSHUFB, even, even, bytes(0, -1, 1, -1));
      a.op(VPSHUFB, odd, odd, bytes(-1, 0, -1, 1));
      if (k == 0) {
        a.op(VPORD, line, even, odd);
      } else {
        a.op(VPORD, even, even, odd);
        a.op(VPSLLD, even, even, k / 4 * plane.bits());
        a.op(VPORD, line, line, even);
      }
    }
  }

  /** Extracts the bits of four columns, one byte each. */
  private void take(FileBits.Plane plane, int column, Vec to) {
    int inBlock = column % type.blockSize();
    Mem from = four(column / type.blockSize(), plane.at(inBlock));
    if (plane.bits() == 8) {
      a.op(VMOVDQU32, to, from);
    } else {
      masked(to, from, plane.shift(inBlock), CodeLines.EACH_BYTE * ((1 << plane.bits()) - 1));
    }
  }

  /** {@code to = from >>> right & mask}, in lanes of 32 bits. */
  private void masked(Vec to, Mem from, int right, int mask) {
    a.op(VMOVDQU32, to, from);
    if (right > 0) {
      a.op(VPSRLD, to, to, right);
    }
    a.op(VPANDD, to, to, r.constant(mask));
  }

  private Operand bytes(int... from) {
    byte[] sixteen = new byte[16];
    for (int i = 0; i < 16; i++) {
      int index = from[i & 3];
      sixteen[i] = (byte) (index < 0 ? index : index + (i & ~3));
    }
    return r.constant(sixteen);
  }
}
