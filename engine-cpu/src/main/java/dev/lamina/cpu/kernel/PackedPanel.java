package dev.lamina.cpu.kernel;

import static dev.lamina.cpu.kernel.Lanes.LE;
import static dev.lamina.cpu.kernel.Lanes.S;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ShortVector;

/**
 * Expands a unit of a strip to codes of 16 bits, for use with many tokens: [columns / 2, 2 strips,
 * 16 rows, 2 columns].
 */
final class PackedPanel {
  /** Distance between steps of two columns, in shorts. */
  static final int STEP = 4 * Packing.ROWS;

  private static final int LINE = Packing.LINE;

  private PackedPanel() {}

  /**
   * @param to index of the strip's first code
   */
  static void unpack(PackedMatrix m, long at, int sub, short[] panel, int to) {
    Packing p = m.packing;
    long from = at + p.scaleBytes(m.unit) + 4L * sub;
    int first = to + 2 * sub;
    int quads = m.unit / 8;
    switch (p.bits()) {
      case 2 -> unpack2(m.data, from, quads, panel, first);
      case 3 -> unpack3(m.data, from, quads, panel, first);
      case 4 -> unpack4(m.data, from, quads, panel, first);
      case 5 -> unpack5(m.data, from, quads, panel, first);
      case 6 -> unpack6(m.data, from, quads, panel, first);
      default -> unpack8(m.data, from, quads, panel, first);
    }
    if (p.table() != null) {
      look(p.table(), m.unit / 2, panel, first);
    } else if (p.bias() != 0) {
      unbias(p.bias(), m.unit / 2, panel, first);
    }
  }

  private static void look(short[] table, int steps, short[] panel, int first) {
    ShortVector t = ShortVector.fromArray(S, table, 0);
    for (int i = 0, at = first; i < steps; i++, at += STEP) {
      ShortVector.fromArray(S, panel, at).selectFrom(t).intoArray(panel, at);
    }
  }

  private static void unbias(int bias, int steps, short[] panel, int first) {
    for (int i = 0, at = first; i < steps; i++, at += STEP) {
      ShortVector.fromArray(S, panel, at).sub((short) bias).intoArray(panel, at);
    }
  }

  private static void unpack2(MemorySegment w, long from, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads / 2; i++, at += 8 * STEP) {
      ShortVector v = ShortVector.fromMemorySegment(S, w, from + (long) i * LINE, LE);
      v.and((short) 3).intoArray(dst, at);
      v.lanewise(LSHR, 2).and((short) 3).intoArray(dst, at + 1 * STEP);
      v.lanewise(LSHR, 8).and((short) 3).intoArray(dst, at + 2 * STEP);
      v.lanewise(LSHR, 10).and((short) 3).intoArray(dst, at + 3 * STEP);
      v.lanewise(LSHR, 4).and((short) 3).intoArray(dst, at + 4 * STEP);
      v.lanewise(LSHR, 6).and((short) 3).intoArray(dst, at + 5 * STEP);
      v.lanewise(LSHR, 12).and((short) 3).intoArray(dst, at + 6 * STEP);
      v.lanewise(LSHR, 14).intoArray(dst, at + 7 * STEP);
    }
  }

  private static void unpack3(MemorySegment w, long from, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads / 2; i++, at += 8 * STEP) {
      long block = from + (long) (i >> 1) * (3 * LINE);
      ShortVector h = ShortVector.fromMemorySegment(S, w, block + 2 * LINE, LE);
      h = h.lanewise(LSHR, 4 * (i & 1));
      ShortVector v = ShortVector.fromMemorySegment(S, w, block + (long) (i & 1) * LINE, LE);
      v.and((short) 3).or(h.lanewise(LSHL, 2).and((short) 4)).intoArray(dst, at);
      v.lanewise(LSHR, 2)
          .and((short) 3)
          .or(h.lanewise(LSHL, 1).and((short) 4))
          .intoArray(dst, at + 1 * STEP);
      v.lanewise(LSHR, 8)
          .and((short) 3)
          .or(h.lanewise(LSHR, 6).and((short) 4))
          .intoArray(dst, at + 2 * STEP);
      v.lanewise(LSHR, 10)
          .and((short) 3)
          .or(h.lanewise(LSHR, 7).and((short) 4))
          .intoArray(dst, at + 3 * STEP);
      v.lanewise(LSHR, 4).and((short) 3).or(h.and((short) 4)).intoArray(dst, at + 4 * STEP);
      v.lanewise(LSHR, 6)
          .and((short) 3)
          .or(h.lanewise(LSHR, 1).and((short) 4))
          .intoArray(dst, at + 5 * STEP);
      v.lanewise(LSHR, 12)
          .and((short) 3)
          .or(h.lanewise(LSHR, 8).and((short) 4))
          .intoArray(dst, at + 6 * STEP);
      v.lanewise(LSHR, 14).or(h.lanewise(LSHR, 9).and((short) 4)).intoArray(dst, at + 7 * STEP);
    }
  }

  private static void unpack4(MemorySegment w, long from, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads; i++, at += 4 * STEP) {
      ShortVector v = ShortVector.fromMemorySegment(S, w, from + (long) i * LINE, LE);
      v.and((short) 15).intoArray(dst, at);
      v.lanewise(LSHR, 4).and((short) 15).intoArray(dst, at + 1 * STEP);
      v.lanewise(LSHR, 8).and((short) 15).intoArray(dst, at + 2 * STEP);
      v.lanewise(LSHR, 12).intoArray(dst, at + 3 * STEP);
    }
  }

  private static void unpack5(MemorySegment w, long from, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads; i++, at += 4 * STEP) {
      long block = from + (long) (i >> 2) * (5 * LINE);
      ShortVector h = ShortVector.fromMemorySegment(S, w, block + 4 * LINE, LE);
      h = h.lanewise(LSHR, 2 * (i & 3));
      ShortVector v = ShortVector.fromMemorySegment(S, w, block + (long) (i & 3) * LINE, LE);
      v.and((short) 15).or(h.lanewise(LSHL, 4).and((short) 16)).intoArray(dst, at);
      v.lanewise(LSHR, 4)
          .and((short) 15)
          .or(h.lanewise(LSHL, 3).and((short) 16))
          .intoArray(dst, at + 1 * STEP);
      v.lanewise(LSHR, 8)
          .and((short) 15)
          .or(h.lanewise(LSHR, 4).and((short) 16))
          .intoArray(dst, at + 2 * STEP);
      v.lanewise(LSHR, 12).or(h.lanewise(LSHR, 5).and((short) 16)).intoArray(dst, at + 3 * STEP);
    }
  }

  private static void unpack6(MemorySegment w, long from, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads; i++, at += 4 * STEP) {
      long block = from + (long) (i >> 1) * (3 * LINE);
      ShortVector h = ShortVector.fromMemorySegment(S, w, block + 2 * LINE, LE);
      h = h.lanewise(LSHR, 4 * (i & 1));
      ShortVector v = ShortVector.fromMemorySegment(S, w, block + (long) (i & 1) * LINE, LE);
      v.and((short) 15).or(h.lanewise(LSHL, 4).and((short) 48)).intoArray(dst, at);
      v.lanewise(LSHR, 4)
          .and((short) 15)
          .or(h.lanewise(LSHL, 2).and((short) 48))
          .intoArray(dst, at + 1 * STEP);
      v.lanewise(LSHR, 8)
          .and((short) 15)
          .or(h.lanewise(LSHR, 4).and((short) 48))
          .intoArray(dst, at + 2 * STEP);
      v.lanewise(LSHR, 12).or(h.lanewise(LSHR, 6).and((short) 48)).intoArray(dst, at + 3 * STEP);
    }
  }

  private static void unpack8(MemorySegment w, long from, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads; i++, at += 4 * STEP) {
      ShortVector v = ShortVector.fromMemorySegment(S, w, from + (long) i * (2 * LINE), LE);
      v.lanewise(LSHL, 8).lanewise(ASHR, 8).intoArray(dst, at);
      v.lanewise(ASHR, 8).intoArray(dst, at + 2 * STEP);
      v = ShortVector.fromMemorySegment(S, w, from + (long) i * (2 * LINE) + LINE, LE);
      v.lanewise(LSHL, 8).lanewise(ASHR, 8).intoArray(dst, at + STEP);
      v.lanewise(ASHR, 8).intoArray(dst, at + 3 * STEP);
    }
  }
}
