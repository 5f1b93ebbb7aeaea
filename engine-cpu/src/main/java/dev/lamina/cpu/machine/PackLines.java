package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VMOVDQU32;
import static dev.lamina.cpu.assembler.VecOp.VPANDD;
import static dev.lamina.cpu.assembler.VecOp.VPORD;
import static dev.lamina.cpu.assembler.VecOp.VPSHUFB;
import static dev.lamina.cpu.assembler.VecOp.VPSLLD;
import static dev.lamina.cpu.assembler.VecOp.VPSRLD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * What the parts of {@link PackKernel} share: lines of the file on the stack, lines of the copy at
 * {@link #Y}, and registers. Lanes are rows.
 */
final class PackLines {
  static final Gpr Y = Gpr.RDX;

  private static final Gpr ROW = Gpr.R10;
  private static final Gpr LINES = Gpr.R11;
  private static final Gpr COUNT = Gpr.R12;
  private static final Gpr FOUR = Gpr.RAX.dword();

  final Assembler a = new Assembler();
  final Registers r;
  final Vec line;
  final Vec even;
  final Vec odd;
  final Vec temp;

  /** Not 0 in the top bit of a half if a scale was not finite. */
  final Vec infinite;

  private final Tier tier;
  private final TensorType type;

  /** Contents of the lines on the stack, as offsets in the rows. */
  private final List<Integer> fours = new ArrayList<>();

  /** First row of the lanes. */
  private int lane;

  PackLines(Tier tier, TensorType type, FileBits file, int unit) {
    this.tier = tier;
    this.type = type;
    this.r = new Registers(tier, 1);
    this.line = new Vec(0, tier.bits);
    this.even = new Vec(1, tier.bits);
    this.odd = new Vec(2, tier.bits);
    this.temp = new Vec(3, tier.bits);
    this.infinite = new Vec(4, tier.bits);
    for (int block = 0; block < unit / type.blockSize(); block++) {
      for (int four : file.fours(type.blockSize())) {
        fours.add(block * type.blockBytes() + four);
      }
    }
  }

  /** Bytes on the stack. */
  int stackBytes() {
    return fours.size() * Packing.LINE;
  }

  /** Copies the fours of a unit to the stack. */
  void gather(Gpr weights, Gpr rowBytes) {
    Label row = new Label("row");
    a.op(MOV, ROW, weights);
    a.op(MOV, LINES, Gpr.RSP);
    a.set(COUNT, Packing.ROWS);
    a.bind(row);
    for (int i = 0; i < fours.size(); i++) {
      a.op(MOV, FOUR, mem(ROW).disp(fours.get(i)));
      a.op(MOV, mem(LINES).disp(i * Packing.LINE), FOUR);
    }
    a.op(ADD, ROW, rowBytes);
    a.op(ADD, LINES, Integer.BYTES);
    a.op(DEC, COUNT);
    a.jump(Condition.NE, row);
  }

  /** Runs code for all rows, as many at a time as there are lanes. */
  void forAllRows(Runnable code) {
    for (lane = 0; lane < Packing.ROWS; lane += tier.lanes()) {
      code.run();
    }
  }

  /** Four bytes of each row, from an offset in a block on. */
  Mem four(int block, int offset) {
    int at = fours.indexOf(block * type.blockBytes() + offset);
    return mem(Gpr.RSP).disp(at * Packing.LINE + lane * Integer.BYTES);
  }

  /** Writes a line of the unit. */
  void store(int index, Vec v) {
    a.op(VMOVDQU32, mem(Y).disp(index * Packing.LINE + lane * Integer.BYTES), v);
  }

  /** {@code to = from >>> right & mask}, in lanes of 32 bits. */
  void masked(Vec to, Mem from, int right, int mask) {
    a.op(VMOVDQU32, to, from);
    if (right > 0) {
      a.op(VPSRLD, to, to, right);
    }
    a.op(VPANDD, to, to, r.constant(mask));
  }

  /** {@code to |= from << left}; also shifts {@code from}. */
  void orShifted(Vec to, Vec from, int left) {
    a.op(VPSLLD, from, from, left);
    a.op(VPORD, to, to, from);
  }

  /** Writes four lines: bytes 0 of even and odd, bytes 1 of both, then bytes 2 and bytes 3. */
  void interleave(int to) {
    for (int i = 0; i < 2; i++) {
      interleaved(i);
      store(to + i, line);
    }
  }

  /** Two bytes of even and two of odd in turn: the lower ones, or the upper ones. */
  void interleaved(int upper) {
    int first = 2 * upper;
    a.op(VPSHUFB, line, even, bytes(first, -1, first + 1, -1));
    a.op(VPSHUFB, temp, odd, bytes(-1, first, -1, first + 1));
    a.op(VPORD, line, line, temp);
  }

  /** A shuffle of the four bytes of each lane; -1 stands for 0. */
  Operand bytes(int... from) {
    byte[] sixteen = new byte[16];
    for (int i = 0; i < 16; i++) {
      int index = from[i & 3];
      sixteen[i] = (byte) (index < 0 ? index : index + (i & ~3));
    }
    return r.constant(sixteen);
  }
}
