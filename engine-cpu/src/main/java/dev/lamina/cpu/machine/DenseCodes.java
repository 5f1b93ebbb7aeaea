package dev.lamina.cpu.machine;

import static dev.lamina.cpu.machine.CodeLines.EACH_BYTE;
import static dev.lamina.cpu.machine.CodeLines.LINE;
import static dev.lamina.cpu.machine.CodeLines.OR_AND;
import static dev.lamina.cpu.machine.Mem.mem;
import static dev.lamina.cpu.machine.VecOp.VMOVDQU32;
import static dev.lamina.cpu.machine.VecOp.VPANDD;
import static dev.lamina.cpu.machine.VecOp.VPERMB;
import static dev.lamina.cpu.machine.VecOp.VPMULTISHIFTQB;
import static dev.lamina.cpu.machine.VecOp.VPSLLW;
import static dev.lamina.cpu.machine.VecOp.VPSRLQ;
import static dev.lamina.cpu.machine.VecOp.VPSRLW;
import static dev.lamina.cpu.machine.VecOp.VPTERNLOGD;
import static dev.lamina.cpu.machine.VecOp.VPTESTMB;

import dev.lamina.cpu.kernel.DenseLines;
import dev.lamina.cpu.kernel.DenseLines.Kind;
import java.util.Arrays;

/**
 * Emits how {@link DenseLines} become indices, four columns of all rows at a time (AVX-512 VBMI).
 */
final class DenseCodes {
  private final Assembler a;
  private final Registers r;
  private final Kind kind;
  private final int head;
  private final int lowBits;
  private final Mem[] first;
  private final Mem[] second;

  /** Where the fields of four columns are, for as many fours as two table lines give. */
  private final Operand[] fields = new Operand[4];

  /** The same for the third bits of QUADS. */
  private final Operand[] thirds = new Operand[4];

  private final Operand fieldMask;
  private final Operand thirdMask;

  /** Null if there is no top bit. */
  private final Operand topMask;

  /** Brings a bit 0 of each row to where top bits belong. */
  private final Operand top;

  DenseCodes(Assembler a, DenseLines dense, Registers r) {
    this.a = a;
    this.r = r;
    this.kind = dense.kind();
    this.head = dense.headLines() * LINE;
    this.lowBits = kind == Kind.QUADS ? 3 : 2;
    this.fieldMask = r.constant(3 * EACH_BYTE);
    this.topMask = dense.topBits() ? r.constant(EACH_BYTE << lowBits) : null;
    this.thirdMask = kind == Kind.QUADS ? r.constant(EACH_BYTE << 2) : null;
    this.top = kind == Kind.TERNARY && dense.topBits() ? bytesAt(-2, -2, -2, -2) : null;
    for (int i = 0; i < 4 && kind == Kind.EIGHTS; i++) {
      fields[i] = bytesAt(8 * i, 8 * i + 2, 8 * i + 4, 8 * i + 6);
    }
    for (int i = 0; i < 4 && kind == Kind.QUADS; i++) {
      // Two columns of one entry and two of the next one, in turn.
      int entry = i / 2 * 16;
      int column = i % 2 * 2;
      int at = entry + 2 * column;
      fields[i] = bytesAt(at, at + 8, at + 2, at + 10);
      at = entry + column - 2;
      thirds[i] = bytesAt(at, at + 8, at + 1, at + 9);
    }
    this.first = table(dense.firstTable());
    this.second = table(dense.secondTable());
  }

  /** What takes four bytes of a row from those bits on; two rows are eight bytes. */
  private Operand bytesAt(int... bits) {
    byte[] control = new byte[16];
    for (int i = 0; i < 16; i++) {
      control[i] = (byte) (bits[i & 3] + 32 * (i >> 2 & 1) & 63);
    }
    return r.constant(control);
  }

  private Mem[] table(byte[] bytes) {
    Mem[] lines = new Mem[bytes.length / LINE];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = r.data(Arrays.copyOfRange(bytes, i * LINE, (i + 1) * LINE));
    }
    return lines;
  }

  /** Emits the indices of four columns; see {@link CodeLines#four}. */
  void four(Gpr weights, int four, Vec to) {
    Mem lines = mem(weights).disp(head);
    int i = four & 7;
    int block = four >> 3;
    switch (kind) {
      case EIGHTS -> {
        Mem begin = lines.disp(2 * block * LINE);
        if (i == 0) {
          expand(begin, mem(weights), block);
          a.op(VMOVDQU32, r.high, begin.disp(LINE));
        }
        take(to, fields[i / 2], i % 2 == 0 ? r.first : r.second);
        sign(to, i - lowBits);
      }
      case QUADS -> {
        Mem begin = lines.disp(3 * block * LINE);
        if (i % 4 == 0) {
          expand(begin.disp(i / 4 * LINE), null, 0);
        }
        if (i == 0) {
          a.op(VMOVDQU32, r.high, begin.disp(2 * LINE));
        }
        take(to, fields[i % 4], r.first);
        a.op(VPMULTISHIFTQB, r.x, loaded(thirds[i % 4], r.x), r.second);
        a.op(VPTERNLOGD, to, r.x, thirdMask, OR_AND);
        sign(to, i - lowBits);
      }
      case TERNARY -> digits(weights, lines, four, to);
    }
  }

  private void digits(Gpr weights, Mem lines, int four, Vec to) {
    int digit = four % DenseLines.DIGITS;
    if (digit == 0) {
      expand(lines.disp(four / DenseLines.DIGITS * LINE), null, 0);
    }
    Vec from = digit == DenseLines.DIGITS - 1 ? r.second : r.first;
    if (from.equals(r.first) && digit > 0) {
      a.op(VPSRLW, to, from, 2 * digit);
      from = to;
    }
    a.op(VPANDD, to, from, fieldMask);
    if (topMask == null) {
      return;
    }
    if (four % 2 == 0) {
      a.op(VMOVDQU32, r.x, mem(weights));
      if (four > 0) {
        a.op(VPSRLQ, r.x, r.x, four / 2);
      }
      a.op(VPMULTISHIFTQB, r.high, loaded(top, r.high), r.x);
    }
    a.op(VPTERNLOGD, to, r.high, topMask, OR_AND);
  }

  private Vec loaded(Operand constant, Vec free) {
    if (constant instanceof Vec v) {
      return v;
    }
    a.op(VMOVDQU32, free, constant);
    return free;
  }

  private void take(Vec to, Operand where, Vec from) {
    a.op(VPMULTISHIFTQB, to, loaded(where, to), from);
    a.op(VPANDD, to, to, fieldMask);
  }

  /** Adds the top bits, that many places to the right of where they should be; or to the left. */
  private void sign(Vec to, int right) {
    Vec from = r.high;
    if (right != 0) {
      from = r.x;
      a.op(right > 0 ? VPSRLW : VPSLLW, from, r.high, Math.abs(right));
    }
    a.op(VPTERNLOGD, to, from, topMask, OR_AND);
  }

  /** Looks up a line in both tables, by 64 entries each of which a mask picks. */
  private void expand(Mem line, Mem ninthBits, int block) {
    Mask bit6 = new Mask(1);
    Mask bit7 = new Mask(2);
    Mask both = new Mask(3);
    Mem test6 = r.data(0x40);
    a.op(VMOVDQU32, r.line, line);
    a.op(VPTESTMB, bit6, r.line, test6);
    a.op(VPTESTMB, bit7, r.line, r.data(0x80));
    a.op(VPTESTMB, both, bit7, r.line, test6);
    if (first.length > 4) {
      Mem ninth = r.data(1 << block);
      a.op(VMOVDQU32, r.x, ninthBits);
      a.op(VPTESTMB, new Mask(4), r.x, ninth);
      a.op(VPTESTMB, new Mask(5), bit6, r.x, ninth);
      a.op(VPTESTMB, new Mask(6), bit7, r.x, ninth);
      a.op(VPTESTMB, new Mask(7), both, r.x, ninth);
    }
    look(r.first, first);
    look(r.second, second);
  }

  private void look(Vec to, Mem[] table) {
    a.op(VPERMB, to, r.line, table[0]);
    for (int i = 1; i < table.length; i++) {
      a.op(VPERMB, to, new Mask(i), r.line, table[i]);
    }
  }
}
