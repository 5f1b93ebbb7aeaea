package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VMOVDQU32;
import static dev.lamina.cpu.assembler.VecOp.VPADDB;
import static dev.lamina.cpu.assembler.VecOp.VPANDD;
import static dev.lamina.cpu.assembler.VecOp.VPORD;
import static dev.lamina.cpu.assembler.VecOp.VPSHUFB;
import static dev.lamina.cpu.assembler.VecOp.VPSLLW;
import static dev.lamina.cpu.assembler.VecOp.VPSRLW;
import static dev.lamina.cpu.assembler.VecOp.VPTERNLOGD;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.Packing;
import java.util.stream.IntStream;

/** Emits code that turns lines of indices into codes, four columns of all rows at a time. */
final class CodeLines {
  static final int LINE = 64;
  static final int EACH_BYTE = 0x01010101;

  /** {@code a | b & c} by the values that each has in the table: 0xf0, 0xcc, 0xaa. */
  private static final int OR_AND = 0xf0 | 0xcc & 0xaa;

  /** Largest code for which two products with 127 fit 16 bits, as AVX2 requires. */
  private static final int MOST_IN_PAIRS = 32767 / (2 * 127);

  private final Assembler a;
  private final Registers r;
  private final int lowBits;
  private final int highBits;
  private final Operand lowMask;
  private final Operand highMask;
  private final Operand table;
  private final Operand flip;
  private final boolean ternary;

  /** Look-up of dense lines; null if each column has its own bits. */
  private final DenseCodes dense;

  /**
   * Whether codes are signed bytes. Otherwise a bias is added to the codes, so that none is
   * negative.
   */
  final boolean signed;

  final int bias;

  /** Excess of signed codes, to be subtracted. */
  private final Operand excess;

  /** Number of fours of columns with a sum of products that fits 16 bits. */
  final int foursInWords;

  CodeLines(Assembler a, Tier tier, Packing packing, Registers r) {
    this.a = a;
    this.r = r;
    this.lowBits = packing.lowBits();
    this.highBits = packing.bits() - lowBits;
    this.ternary = tier.bits == 512;
    int[] values = values(packing);
    int least = IntStream.of(values).min().orElseThrow();
    int most = IntStream.of(values).max().orElseThrow();
    this.signed = tier == Tier.AMX || (tier == Tier.AVX2 && most - least > MOST_IN_PAIRS);
    this.bias = signed ? 0 : -least;
    this.foursInWords = signed ? 1 : MOST_IN_PAIRS / (most - least);
    this.dense =
        packing.dense() == null ? null : new DenseCodes(a, packing.dense(), bytes(values, bias), r);
    this.lowMask =
        dense != null || lowBits == 8 ? null : r.constant(EACH_BYTE * ((1 << lowBits) - 1));
    this.highMask =
        dense != null || highBits == 0
            ? null
            : r.constant(EACH_BYTE * ((1 << highBits) - 1) << lowBits);
    this.table = dense != null || packing.table() == null ? null : r.constant(bytes(values, bias));
    boolean plain = dense == null ? packing.table() == null : !packing.dense().topBits();
    this.excess =
        signed && plain && lowBits < 8 && least < 0 ? r.constant((least & 255) * EACH_BYTE) : null;
    this.flip = lowBits == 8 && !signed ? r.constant(0x80808080) : null;
  }

  /** Values of the indices, before scales. */
  private static int[] values(Packing p) {
    if (p.bits() == 8) {
      return IntStream.rangeClosed(Byte.MIN_VALUE, Byte.MAX_VALUE).toArray();
    }
    int bias = p.hasMins() ? 0 : p.bias();
    return IntStream.range(0, 1 << p.bits())
        .map(i -> p.table() == null ? i - bias : p.table()[i])
        .toArray();
  }

  private static byte[] bytes(int[] values, int bias) {
    byte[] bytes = new byte[16];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) (values[i] + bias);
    }
    return bytes;
  }

  /** Bytes of the lines of so many columns. */
  static int bytes(Packing p, int columns) {
    return p.dense() != null ? p.indexBytes(columns) : columns / 32 * p.bits() * LINE;
  }

  /**
   * Emits the codes of four columns.
   *
   * @param to takes them
   * @param four their index, counted from where weights points to; from 0 on
   */
  void four(Gpr weights, int four, Vec to) {
    if (dense != null) {
      dense.four(weights, four, to);
    } else {
      bits(weights, four, to);
    }
    if (table != null) {
      look(to);
    } else if (excess != null) {
      a.op(VPADDB, to, to, excess);
    }
  }

  private void bits(Gpr weights, int four, Vec to) {
    int perLine = 8 / lowBits;
    int low = four / perLine;
    if (highBits > 0) {
      int perBlock = 8 / highBits;
      int block = four / perBlock;
      low += block;
      if (four % perBlock == 0) {
        a.op(VMOVDQU32, r.high, mem(weights).disp((low + perBlock / perLine) * LINE));
      }
    }
    int shift = four % perLine * lowBits;
    if (shift == 0) {
      a.op(VMOVDQU32, lowBits == 8 ? to : r.line, mem(weights).disp(low * LINE));
    }
    if (lowBits == 8) {
      if (flip != null) {
        a.op(VPXORD, to, to, flip);
      }
      return;
    }
    if (shift == 0) {
      a.op(VPANDD, to, r.line, lowMask);
    } else {
      a.op(VPSRLW, to, r.line, shift);
      a.op(VPANDD, to, to, lowMask);
    }
    if (highBits > 0) {
      high(to, four % (8 / highBits) * highBits - lowBits);
    }
  }

  /** Adds the high bits, which are this many places too far right, or too far left if negative. */
  private void high(Vec to, int right) {
    Vec high = r.high;
    if (right != 0) {
      high = r.x;
      a.op(right > 0 ? VPSRLW : VPSLLW, high, r.high, Math.abs(right));
    }
    if (ternary) {
      a.op(VPTERNLOGD, to, high, highMask, OR_AND);
    } else {
      a.op(VPANDD, r.x, high, highMask);
      a.op(VPORD, to, to, r.x);
    }
  }

  private void look(Vec to) {
    if (table instanceof Vec v) {
      a.op(VPSHUFB, to, v, to);
    } else {
      a.op(VMOVDQU32, r.x, table);
      a.op(VPSHUFB, to, r.x, to);
    }
  }
}
