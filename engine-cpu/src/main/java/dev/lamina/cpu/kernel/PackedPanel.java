package dev.lamina.cpu.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Unpacks a unit of a strip to codes of 16 bits, for use with many tokens: [columns / 2, 2 strips,
 * 16 rows, 2 columns].
 */
final class PackedPanel {
  /** Shorts from one step of two columns to the next. */
  static final int STEP = 4 * Packing.ROWS;

  private static final int LINE = Packing.LINE;

  private PackedPanel() {}

  /**
   * @param to index of the strip's first code
   */
  static void unpack(PackedMatrix m, long at, int sub, short[] panel, int to) {
    Packing p = m.packing;
    long from = at + 4L * sub;
    int first = to + 2 * sub;
    int quads = m.unit / 8;
    long high = from + (p.bits() == 8 ? 0 : p.lowPlaneBytes(m.unit));
    switch (p.bits()) {
      case 2 -> unpack2(m.data, from, quads, panel, first);
      case 3 -> unpack3(m.data, from, high, quads, panel, first);
      case 4 -> unpack4(m.data, from, quads, panel, first);
      case 5 -> unpack5(m.data, from, high, quads, panel, first);
      case 6 -> unpack6(m.data, from, high, quads, panel, first);
      default -> unpack8(m.data, from, 2 * quads, panel, first);
    }
    if (p.table() != null) {
      look(p.table(), m.unit / 2, panel, first);
    } else if (p.bias() != 0) {
      unbias(p.bias(), m.unit / 2, panel, first);
    }
  }

  private static ShortVector load(MemorySegment w, long at) {
    return ShortVector.fromMemorySegment(Lanes.S, w, at, Lanes.LE);
  }

  private static ShortVector right(ShortVector v, int n) {
    return v.lanewise(VectorOperators.LSHR, n);
  }

  private static ShortVector left(ShortVector v, int n) {
    return v.lanewise(VectorOperators.LSHL, n);
  }

  private static void look(short[] table, int steps, short[] panel, int first) {
    ShortVector t = ShortVector.fromArray(Lanes.S, table, 0);
    for (int i = 0, at = first; i < steps; i++, at += STEP) {
      ShortVector.fromArray(Lanes.S, panel, at).selectFrom(t).intoArray(panel, at);
    }
  }

  private static void unbias(int bias, int steps, short[] panel, int first) {
    for (int i = 0, at = first; i < steps; i++, at += STEP) {
      ShortVector.fromArray(Lanes.S, panel, at).sub((short) bias).intoArray(panel, at);
    }
  }

  private static void unpack2(MemorySegment w, long from, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads; i++, at += 4 * STEP) {
      ShortVector v = right(load(w, from + (long) (i >> 1) * LINE), 8 * (i & 1));
      v.and((short) 3).intoArray(dst, at);
      right(v, 2).and((short) 3).intoArray(dst, at + STEP);
      right(v, 4).and((short) 3).intoArray(dst, at + 2 * STEP);
      right(v, 6).and((short) 3).intoArray(dst, at + 3 * STEP);
    }
  }

  private static void unpack3(
      MemorySegment w, long low, long high, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads; i++, at += 4 * STEP) {
      ShortVector v = right(load(w, low + (long) (i >> 1) * LINE), 8 * (i & 1));
      ShortVector h = right(load(w, high + (long) (i >> 2) * LINE), 4 * (i & 3));
      v.and((short) 3).or(left(h, 2).and((short) 4)).intoArray(dst, at);
      right(v, 2).and((short) 3).or(left(h, 1).and((short) 4)).intoArray(dst, at + STEP);
      right(v, 4).and((short) 3).or(h.and((short) 4)).intoArray(dst, at + 2 * STEP);
      right(v, 6).and((short) 3).or(right(h, 1).and((short) 4)).intoArray(dst, at + 3 * STEP);
    }
  }

  private static void unpack4(MemorySegment w, long from, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads; i++, at += 4 * STEP) {
      ShortVector v = load(w, from + (long) i * LINE);
      v.and((short) 15).intoArray(dst, at);
      right(v, 4).and((short) 15).intoArray(dst, at + STEP);
      right(v, 8).and((short) 15).intoArray(dst, at + 2 * STEP);
      right(v, 12).intoArray(dst, at + 3 * STEP);
    }
  }

  private static void unpack5(
      MemorySegment w, long low, long high, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads; i++, at += 4 * STEP) {
      ShortVector v = load(w, low + (long) i * LINE);
      ShortVector h = right(load(w, high + (long) (i >> 2) * LINE), 4 * (i & 3));
      v.and((short) 15).or(left(h, 4).and((short) 16)).intoArray(dst, at);
      right(v, 4).and((short) 15).or(left(h, 3).and((short) 16)).intoArray(dst, at + STEP);
      right(v, 8).and((short) 15).or(left(h, 2).and((short) 16)).intoArray(dst, at + 2 * STEP);
      right(v, 12).or(left(h, 1).and((short) 16)).intoArray(dst, at + 3 * STEP);
    }
  }

  private static void unpack6(
      MemorySegment w, long low, long high, int quads, short[] dst, int first) {
    for (int i = 0, at = first; i < quads; i++, at += 4 * STEP) {
      ShortVector v = load(w, low + (long) i * LINE);
      ShortVector h = right(load(w, high + (long) (i >> 1) * LINE), 8 * (i & 1));
      v.and((short) 15).or(left(h, 4).and((short) 48)).intoArray(dst, at);
      right(v, 4).and((short) 15).or(left(h, 2).and((short) 48)).intoArray(dst, at + STEP);
      right(v, 8).and((short) 15).or(h.and((short) 48)).intoArray(dst, at + 2 * STEP);
      right(v, 12).or(right(h, 2).and((short) 48)).intoArray(dst, at + 3 * STEP);
    }
  }

  private static void unpack8(MemorySegment w, long from, int lines, short[] dst, int first) {
    for (int i = 0, at = first; i < lines; i++, at += 2 * STEP) {
      ShortVector v = load(w, from + (long) i * LINE);
      left(v, 8).lanewise(VectorOperators.ASHR, 8).intoArray(dst, at);
      v.lanewise(VectorOperators.ASHR, 8).intoArray(dst, at + STEP);
    }
  }
}
