package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VMOVDQU32;
import static dev.lamina.cpu.assembler.VecOp.VPANDD;
import static dev.lamina.cpu.assembler.VecOp.VPBLENDMB;
import static dev.lamina.cpu.assembler.VecOp.VPERMB;
import static dev.lamina.cpu.assembler.VecOp.VPERMT2B;
import static dev.lamina.cpu.assembler.VecOp.VPMULTISHIFTQB;
import static dev.lamina.cpu.assembler.VecOp.VPSHUFB;
import static dev.lamina.cpu.assembler.VecOp.VPSLLW;
import static dev.lamina.cpu.assembler.VecOp.VPSRLW;
import static dev.lamina.cpu.assembler.VecOp.VPTERNLOGD;
import static dev.lamina.cpu.assembler.VecOp.VPTESTMB;
import static dev.lamina.cpu.machine.CodeLines.EACH_BYTE;
import static dev.lamina.cpu.machine.CodeLines.LINE;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Mask;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.DenseLines;
import dev.lamina.cpu.kernel.DenseLines.Kind;
import java.util.Arrays;

/**
 * Emits code that turns {@link DenseLines} into codes, four columns of all rows at a time (AVX-512
 * VBMI).
 *
 * <p>The last look-up uses the low six bits of a byte: the bits of the index, and any bits between
 * and above them. So fields need not be isolated, and a top bit can stay at its place in the line,
 * with one table for each such place.
 */
final class DenseCodes {
  /** Number of bits that a look-up uses. */
  private static final int HEEDED = 6;

  /** {@code c ? b : a} by the values that each has in the table: 0xf0, 0xcc, 0xaa. */
  private static final int PICK_B = 0xaa & 0xcc | ~0xaa & 0xf0;

  private static final int PICK_A = 0xaa & 0xf0 | ~0xaa & 0xcc;

  private final Assembler a;
  private final Registers r;
  private final Kind kind;
  private final boolean topBits;
  private final int head;

  /** Bits of an index below the top bit. */
  private final int lowBits;

  /** Where the fields of four columns are. */
  private final Operand[] fields = new Operand[4];

  /** The same for the third bits of QUADS. */
  private final Operand[] thirds = new Operand[4];

  /** Codes by index, by the place of the top bit. */
  private final Operand[] codes = new Operand[HEEDED];

  private final Operand fieldMask;
  private final Mem[] first;
  private final Mem[] second;

  /**
   * @param values codes by index; unused if there are no top bits, where index and code are one
   */
  DenseCodes(Assembler a, DenseLines dense, byte[] values, Registers r) {
    this.a = a;
    this.r = r;
    this.kind = dense.kind();
    this.topBits = dense.topBits();
    this.head = dense.headLines() * LINE;
    this.lowBits = kind == Kind.QUADS ? 3 : 2;
    for (int i = 0; i < 4 && kind != Kind.TERNARY; i++) {
      if (kind == Kind.EIGHTS) {
        fields[i] = bytesAt(8 * i, 8 * i + 2, 8 * i + 4, 8 * i + 6);
      } else {
        // Two columns of one entry and two of the next one, in turn.
        int entry = i / 2 * 16;
        int column = i % 2 * 2;
        int at = entry + 2 * column;
        fields[i] = bytesAt(at, at + 8, at + 2, at + 10);
        at = entry + column - 2;
        thirds[i] = bytesAt(at, at + 8, at + 1, at + 9);
      }
    }
    for (int top = lowBits; top < HEEDED && topBits; top++) {
      codes[top] = r.constant(codes(values, top));
    }
    this.fieldMask = r.constant(3 * EACH_BYTE);
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

  private byte[] codes(byte[] values, int top) {
    byte[] codes = new byte[1 << HEEDED];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = values[i & (1 << lowBits) - 1 | (i >> top & 1) << lowBits];
    }
    return codes;
  }

  private Mem[] table(byte[] bytes) {
    Mem[] lines = new Mem[bytes.length / LINE];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = r.data(Arrays.copyOfRange(bytes, i * LINE, (i + 1) * LINE));
    }
    return lines;
  }

  /** Emits the codes of four columns; see {@link CodeLines#four}. */
  void four(Gpr weights, int four, Vec to) {
    Mem lines = mem(weights).disp(head);
    switch (kind) {
      case EIGHTS -> eights(weights, lines, four, to);
      case QUADS -> quads(lines, four, to);
      case TERNARY -> digits(weights, lines, four, to);
    }
  }

  private void eights(Gpr weights, Mem lines, int four, Vec to) {
    int i = four & 7;
    int block = four >> 3;
    Mem begin = lines.disp(2 * block * LINE);
    if (i == 0) {
      expand(begin, mem(weights), block);
    }
    a.op(VPMULTISHIFTQB, to, loaded(fields[i / 2], to), i % 2 == 0 ? r.first : r.second);
    place(i, () -> a.op(VMOVDQU32, r.high, begin.disp(LINE)));
    look(to, i);
  }

  private void quads(Mem lines, int four, Vec to) {
    int i = four & 7;
    Mem begin = lines.disp(3 * (four >> 3) * LINE);
    if (i % 4 == 0) {
      expand(begin.disp(i / 4 * LINE), null, 0);
    }
    a.op(VPMULTISHIFTQB, to, loaded(fields[i % 4], to), r.first);
    a.op(VPMULTISHIFTQB, r.x, loaded(thirds[i % 4], r.x), r.second);
    a.op(VPTERNLOGD, to, r.x, fieldMask, PICK_A);
    place(i, () -> a.op(VMOVDQU32, r.high, begin.disp(2 * LINE)));
    look(to, i);
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
    if (!topBits) {
      a.op(VPANDD, to, from, fieldMask);
      return;
    }
    if (!from.equals(to)) {
      a.op(VMOVDQU32, to, from);
    }
    // Two fours share a top bit, 16 of them a byte of those.
    int i = four / 2 & 7;
    if (four % 2 == 0) {
      place(
          i,
          () -> {
            a.op(VMOVDQU32, r.x, mem(weights));
            a.op(VPSHUFB, r.high, r.x, r.data(byteOfEach(four / 16)));
          });
    }
    look(to, i);
  }

  /** Shuffle that repeats one byte of every four. */
  private static byte[] byteOfEach(int which) {
    byte[] control = new byte[16];
    for (int i = 0; i < 16; i++) {
      control[i] = (byte) (i & ~3 | which);
    }
    return control;
  }

  /**
   * Shifts the line of top bits so that the next look-up uses the right bit.
   *
   * @param i its place in its line; 0 first
   * @param load loads the line
   */
  private void place(int i, Runnable load) {
    if (i == 0 || i == lowBits) {
      load.run();
    }
    if (i == 0) {
      a.op(VPSLLW, r.high, r.high, HEEDED - lowBits);
    } else if (i == HEEDED) {
      a.op(VPSRLW, r.high, r.high, HEEDED - lowBits);
    }
  }

  /**
   * Adds the top bit to indices and turns them into codes; bits above the index may have any value.
   */
  private void look(Vec to, int i) {
    int shift = HEEDED - lowBits;
    int top = i < lowBits ? i + shift : i >= HEEDED ? i - shift : i;
    a.op(VPTERNLOGD, to, r.high, r.data(1 << top), PICK_B);
    a.op(VPERMB, to, to, codes[top]);
  }

  private Vec loaded(Operand constant, Vec free) {
    if (constant instanceof Vec v) {
      return v;
    }
    a.op(VMOVDQU32, free, constant);
    return free;
  }

  /** Looks up a line in both tables. */
  private void expand(Mem line, Mem ninthBits, int block) {
    Mask upper = new Mask(1);
    Mask ninth = new Mask(2);
    a.op(VMOVDQU32, r.line, line);
    a.op(VPTESTMB, upper, r.line, r.data(0x80));
    if (first.length > 4) {
      a.op(VMOVDQU32, r.x, ninthBits);
      a.op(VPTESTMB, ninth, r.x, r.data(1 << block));
    }
    Mem[][] tables = {first, second};
    Vec[] to = {r.first, r.second};
    for (int i = 0; i < 2; i++) {
      expand(to[i], tables[i], 0, upper);
      if (tables[i].length > 4) {
        expand(r.x, tables[i], 4, upper);
        a.op(VPBLENDMB, to[i], ninth, to[i], r.x);
      }
    }
  }

  /** Looks up 256 entries, 128 at once. */
  private void expand(Vec to, Mem[] table, int at, Mask upper) {
    a.op(VMOVDQU32, to, table[at]);
    a.op(VPERMT2B, to, r.line, table[at + 1]);
    a.op(VMOVDQU32, r.codes, table[at + 2]);
    a.op(VPERMT2B, r.codes, r.line, table[at + 3]);
    a.op(VPBLENDMB, to, upper, to, r.codes);
  }
}
