package dev.lamina.cpu.kernel;

import static dev.lamina.cpu.kernel.Lanes.I;
import static dev.lamina.cpu.kernel.Lanes.LE;
import static dev.lamina.cpu.kernel.Lanes.S;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Integer products of one token with a unit of a strip: {@code sums[16 g + row] = sum over the
 * columns of group g of code * activation}. Every method works on as many rows as a vector holds,
 * from the {@code sub}-th on. Columns are taken eight at a time, as four steps of two columns.
 *
 * <p>No method here calls another that takes or gives vectors: beyond some size the compiler would
 * not inline it, and box them.
 */
final class PackedDot {
  private static final int LINE = Packing.LINE;

  private PackedDot() {}

  static void unit(
      Packing p, MemorySegment w, long at, int unit, int sub, PackedInput x, int k, int[] sums) {
    long from = at + 4L * sub;
    long high = from + p.lowPlaneBytes(unit);
    int nGroups = unit / p.group();
    int quads = p.group() / 8;
    int[] q = x.pairs;
    int a = k / 2;
    int[] s16 = x.sums16;
    int s = k / 16;
    switch (p.bits()) {
      case 2 -> dot2(w, from, nGroups, quads, q, a, s16, s, p.bias(), sums, sub);
      case 3 -> {
        if (p.table() == null) {
          dot3(w, from, high, nGroups, q, a, s16, s, p.bias(), sums, sub);
        } else {
          look3(w, from, high, nGroups, quads / 2, q, a, p.table(), sums, sub);
        }
      }
      case 4 -> {
        if (p.table() == null) {
          dot4(w, from, nGroups, q, a, s16, s, p.bias(), sums, sub);
        } else if (p.steps() == 2) {
          lookWide4(w, from, nGroups, q, a, p.table(), sums, sub);
        } else {
          look4(w, from, nGroups, p.steps() / 4, q, a, p.table(), sums, sub);
        }
      }
      case 5 -> dot5(w, from, high, nGroups, q, a, s16, s, p.bias(), sums, sub);
      case 6 -> dot6(w, from, high, nGroups, q, a, s16, s, p.bias(), sums, sub);
      default -> dot8(w, from, nGroups, q, a, sums, sub);
    }
  }

  private static void dot2(
      MemorySegment w,
      long from,
      int nGroups,
      int quads,
      int[] q,
      int at,
      int[] s16,
      int s,
      int bias,
      int[] sums,
      int sub) {
    int a = at;
    int t = s;
    long line = from;
    for (int g = 0; g < nGroups; g++) {
      ShortVector sum = ShortVector.zero(S);
      for (int i = 0; i < quads; i += 2, line += LINE, a += 8, t++) {
        ShortVector v = ShortVector.fromMemorySegment(S, w, line, LE);
        sum = sum.add(IntVector.broadcast(I, s16[t]).reinterpretAsShorts().mul((short) -bias));
        ShortVector x = IntVector.broadcast(I, q[a]).reinterpretAsShorts();
        sum = sum.add(v.and((short) 3).mul(x));
        x = IntVector.broadcast(I, q[a + 1]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 2).and((short) 3).mul(x));
        x = IntVector.broadcast(I, q[a + 2]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 4).and((short) 3).mul(x));
        x = IntVector.broadcast(I, q[a + 3]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 6).and((short) 3).mul(x));
        x = IntVector.broadcast(I, q[a + 4]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 8).and((short) 3).mul(x));
        x = IntVector.broadcast(I, q[a + 5]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 10).and((short) 3).mul(x));
        x = IntVector.broadcast(I, q[a + 6]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 12).and((short) 3).mul(x));
        x = IntVector.broadcast(I, q[a + 7]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 14).mul(x));
      }
      IntVector v32 = sum.reinterpretAsInts();
      v32.lanewise(LSHL, 16)
          .lanewise(ASHR, 16)
          .add(v32.lanewise(ASHR, 16))
          .intoArray(sums, Packing.ROWS * g + sub);
    }
  }

  /** Groups of 16. */
  private static void dot3(
      MemorySegment w,
      long low,
      long high,
      int nGroups,
      int[] q,
      int at,
      int[] s16,
      int s,
      int bias,
      int[] sums,
      int sub) {
    int a = at;
    for (int g = 0; g < nGroups; g++) {
      ShortVector sum = IntVector.broadcast(I, s16[s + g]).reinterpretAsShorts().mul((short) -bias);
      ShortVector v = ShortVector.fromMemorySegment(S, w, low + (long) g * LINE, LE);
      ShortVector h =
          ShortVector.fromMemorySegment(S, w, high + (long) (g >> 1) * LINE, LE)
              .lanewise(LSHR, 8 * (g & 1));
      for (int i = 0; i < 2; i++, a += 4) {
        ShortVector x = IntVector.broadcast(I, q[a]).reinterpretAsShorts();
        sum = sum.add(v.and((short) 3).or(h.lanewise(LSHL, 2).and((short) 4)).mul(x));
        x = IntVector.broadcast(I, q[a + 1]).reinterpretAsShorts();
        sum =
            sum.add(
                v.lanewise(LSHR, 2).and((short) 3).or(h.lanewise(LSHL, 1).and((short) 4)).mul(x));
        x = IntVector.broadcast(I, q[a + 2]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 4).and((short) 3).or(h.and((short) 4)).mul(x));
        x = IntVector.broadcast(I, q[a + 3]).reinterpretAsShorts();
        sum =
            sum.add(
                v.lanewise(LSHR, 6).and((short) 3).or(h.lanewise(LSHR, 1).and((short) 4)).mul(x));
        v = v.lanewise(LSHR, 8);
        h = h.lanewise(LSHR, 4);
      }
      IntVector v32 = sum.reinterpretAsInts();
      v32.lanewise(LSHL, 16)
          .lanewise(ASHR, 16)
          .add(v32.lanewise(ASHR, 16))
          .intoArray(sums, Packing.ROWS * g + sub);
    }
  }

  /** Codes from a table; sums are widened after eight columns. */
  private static void look3(
      MemorySegment w,
      long low,
      long high,
      int nGroups,
      int lines,
      int[] q,
      int at,
      short[] table,
      int[] sums,
      int sub) {
    ShortVector t = ShortVector.fromArray(S, table, 0);
    int a = at;
    int line = 0;
    for (int g = 0; g < nGroups; g++) {
      IntVector total = IntVector.zero(I);
      for (int i = 0; i < lines; i++, line++) {
        ShortVector v = ShortVector.fromMemorySegment(S, w, low + (long) line * LINE, LE);
        ShortVector h = ShortVector.fromMemorySegment(S, w, high + (long) (line >> 1) * LINE, LE);
        h = h.lanewise(LSHR, 8 * (line & 1));
        for (int half = 0; half < 2; half++, a += 4) {
          ShortVector x = IntVector.broadcast(I, q[a]).reinterpretAsShorts();
          ShortVector c = v.and((short) 3).or(h.lanewise(LSHL, 2).and((short) 4));
          ShortVector sum = c.selectFrom(t).mul(x);
          x = IntVector.broadcast(I, q[a + 1]).reinterpretAsShorts();
          c = v.lanewise(LSHR, 2).and((short) 3).or(h.lanewise(LSHL, 1).and((short) 4));
          sum = sum.add(c.selectFrom(t).mul(x));
          x = IntVector.broadcast(I, q[a + 2]).reinterpretAsShorts();
          c = v.lanewise(LSHR, 4).and((short) 3).or(h.and((short) 4));
          sum = sum.add(c.selectFrom(t).mul(x));
          x = IntVector.broadcast(I, q[a + 3]).reinterpretAsShorts();
          c = v.lanewise(LSHR, 6).and((short) 3).or(h.lanewise(LSHR, 1).and((short) 4));
          sum = sum.add(c.selectFrom(t).mul(x));
          IntVector v32 = sum.reinterpretAsInts();
          total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
          v = v.lanewise(LSHR, 8);
          h = h.lanewise(LSHR, 4);
        }
      }
      total.intoArray(sums, Packing.ROWS * g + sub);
    }
  }

  /** Groups of 32. */
  private static void dot4(
      MemorySegment w,
      long from,
      int nGroups,
      int[] q,
      int at,
      int[] s16,
      int s,
      int bias,
      int[] sums,
      int sub) {
    int a = at;
    long line = from;
    for (int g = 0; g < nGroups; g++) {
      ShortVector sum =
          IntVector.broadcast(I, s16[s + 2 * g])
              .reinterpretAsShorts()
              .mul((short) -bias)
              .add(
                  IntVector.broadcast(I, s16[s + 2 * g + 1])
                      .reinterpretAsShorts()
                      .mul((short) -bias));
      for (int i = 0; i < 4; i++, line += LINE, a += 4) {
        ShortVector v = ShortVector.fromMemorySegment(S, w, line, LE);
        ShortVector x = IntVector.broadcast(I, q[a]).reinterpretAsShorts();
        sum = sum.add(v.and((short) 15).mul(x));
        x = IntVector.broadcast(I, q[a + 1]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 4).and((short) 15).mul(x));
        x = IntVector.broadcast(I, q[a + 2]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 8).and((short) 15).mul(x));
        x = IntVector.broadcast(I, q[a + 3]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 12).mul(x));
      }
      IntVector v32 = sum.reinterpretAsInts();
      v32.lanewise(LSHL, 16)
          .lanewise(ASHR, 16)
          .add(v32.lanewise(ASHR, 16))
          .intoArray(sums, Packing.ROWS * g + sub);
    }
  }

  /**
   * Groups of 32 with codes from a table; sums are widened after {@code wide} eights of columns.
   */
  private static void look4(
      MemorySegment w,
      long from,
      int nGroups,
      int wide,
      int[] q,
      int at,
      short[] table,
      int[] sums,
      int sub) {
    ShortVector t = ShortVector.fromArray(S, table, 0);
    int a = at;
    long line = from;
    for (int g = 0; g < nGroups; g++) {
      IntVector total = IntVector.zero(I);
      for (int i = 0; i < 4; i += wide) {
        ShortVector sum = ShortVector.zero(S);
        for (int j = 0; j < wide; j++, line += LINE, a += 4) {
          ShortVector v = ShortVector.fromMemorySegment(S, w, line, LE);
          ShortVector x = IntVector.broadcast(I, q[a]).reinterpretAsShorts();
          sum = sum.add(v.and((short) 15).selectFrom(t).mul(x));
          x = IntVector.broadcast(I, q[a + 1]).reinterpretAsShorts();
          sum = sum.add(v.lanewise(LSHR, 4).and((short) 15).selectFrom(t).mul(x));
          x = IntVector.broadcast(I, q[a + 2]).reinterpretAsShorts();
          sum = sum.add(v.lanewise(LSHR, 8).and((short) 15).selectFrom(t).mul(x));
          x = IntVector.broadcast(I, q[a + 3]).reinterpretAsShorts();
          sum = sum.add(v.lanewise(LSHR, 12).selectFrom(t).mul(x));
        }
        IntVector v32 = sum.reinterpretAsInts();
        total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
      }
      total.intoArray(sums, Packing.ROWS * g + sub);
    }
  }

  /** As {@link #look4} with codes of which only two products fit a sum. */
  private static void lookWide4(
      MemorySegment w,
      long from,
      int nGroups,
      int[] q,
      int at,
      short[] table,
      int[] sums,
      int sub) {
    ShortVector t = ShortVector.fromArray(S, table, 0);
    int a = at;
    long line = from;
    for (int g = 0; g < nGroups; g++) {
      IntVector total = IntVector.zero(I);
      for (int i = 0; i < 4; i++, line += LINE, a += 4) {
        ShortVector v = ShortVector.fromMemorySegment(S, w, line, LE);
        ShortVector sum =
            v.and((short) 15).selectFrom(t).mul(IntVector.broadcast(I, q[a]).reinterpretAsShorts());
        ShortVector x = IntVector.broadcast(I, q[a + 1]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 4).and((short) 15).selectFrom(t).mul(x));
        IntVector v32 = sum.reinterpretAsInts();
        total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
        sum =
            v.lanewise(LSHR, 8)
                .and((short) 15)
                .selectFrom(t)
                .mul(IntVector.broadcast(I, q[a + 2]).reinterpretAsShorts());
        x = IntVector.broadcast(I, q[a + 3]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 12).selectFrom(t).mul(x));
        v32 = sum.reinterpretAsInts();
        total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
      }
      total.intoArray(sums, Packing.ROWS * g + sub);
    }
  }

  /** Groups of 32. */
  private static void dot5(
      MemorySegment w,
      long low,
      long high,
      int nGroups,
      int[] q,
      int at,
      int[] s16,
      int s,
      int bias,
      int[] sums,
      int sub) {
    int a = at;
    long line = low;
    for (int g = 0; g < nGroups; g++) {
      ShortVector sum =
          IntVector.broadcast(I, s16[s + 2 * g])
              .reinterpretAsShorts()
              .mul((short) -bias)
              .add(
                  IntVector.broadcast(I, s16[s + 2 * g + 1])
                      .reinterpretAsShorts()
                      .mul((short) -bias));
      ShortVector h = ShortVector.fromMemorySegment(S, w, high + (long) g * LINE, LE);
      for (int i = 0; i < 4; i++, line += LINE, a += 4) {
        ShortVector v = ShortVector.fromMemorySegment(S, w, line, LE);
        ShortVector x = IntVector.broadcast(I, q[a]).reinterpretAsShorts();
        sum = sum.add(v.and((short) 15).or(h.lanewise(LSHL, 4).and((short) 16)).mul(x));
        ShortVector c = v.lanewise(LSHR, 4).and((short) 15).or(h.lanewise(LSHL, 3).and((short) 16));
        x = IntVector.broadcast(I, q[a + 1]).reinterpretAsShorts();
        sum = sum.add(c.mul(x));
        c = v.lanewise(LSHR, 8).and((short) 15).or(h.lanewise(LSHL, 2).and((short) 16));
        x = IntVector.broadcast(I, q[a + 2]).reinterpretAsShorts();
        sum = sum.add(c.mul(x));
        x = IntVector.broadcast(I, q[a + 3]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 12).or(h.lanewise(LSHL, 1).and((short) 16)).mul(x));
        h = h.lanewise(LSHR, 4);
      }
      IntVector v32 = sum.reinterpretAsInts();
      v32.lanewise(LSHL, 16)
          .lanewise(ASHR, 16)
          .add(v32.lanewise(ASHR, 16))
          .intoArray(sums, Packing.ROWS * g + sub);
    }
  }

  /** Groups of 16. */
  private static void dot6(
      MemorySegment w,
      long low,
      long high,
      int nGroups,
      int[] q,
      int at,
      int[] s16,
      int s,
      int bias,
      int[] sums,
      int sub) {
    int a = at;
    long line = low;
    for (int g = 0; g < nGroups; g++) {
      ShortVector sum = IntVector.broadcast(I, s16[s + g]).reinterpretAsShorts().mul((short) -bias);
      ShortVector h = ShortVector.fromMemorySegment(S, w, high + (long) g * LINE, LE);
      for (int i = 0; i < 2; i++, line += LINE, a += 4) {
        ShortVector v = ShortVector.fromMemorySegment(S, w, line, LE);
        ShortVector x = IntVector.broadcast(I, q[a]).reinterpretAsShorts();
        sum = sum.add(v.and((short) 15).or(h.lanewise(LSHL, 4).and((short) 48)).mul(x));
        ShortVector c = v.lanewise(LSHR, 4).and((short) 15).or(h.lanewise(LSHL, 2).and((short) 48));
        x = IntVector.broadcast(I, q[a + 1]).reinterpretAsShorts();
        sum = sum.add(c.mul(x));
        x = IntVector.broadcast(I, q[a + 2]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 8).and((short) 15).or(h.and((short) 48)).mul(x));
        x = IntVector.broadcast(I, q[a + 3]).reinterpretAsShorts();
        sum = sum.add(v.lanewise(LSHR, 12).or(h.lanewise(LSHR, 2).and((short) 48)).mul(x));
        h = h.lanewise(LSHR, 8);
      }
      IntVector v32 = sum.reinterpretAsInts();
      v32.lanewise(LSHL, 16)
          .lanewise(ASHR, 16)
          .add(v32.lanewise(ASHR, 16))
          .intoArray(sums, Packing.ROWS * g + sub);
    }
  }

  /** Groups of 32 signed bytes, of which two products fit a sum. */
  private static void dot8(
      MemorySegment w, long from, int nGroups, int[] q, int at, int[] sums, int sub) {
    int a = at;
    long line = from;
    for (int g = 0; g < nGroups; g++) {
      IntVector total = IntVector.zero(I);
      for (int i = 0; i < 8; i++, line += LINE, a += 2) {
        ShortVector v = ShortVector.fromMemorySegment(S, w, line, LE);
        ShortVector low =
            v.lanewise(LSHL, 8)
                .lanewise(ASHR, 8)
                .mul(IntVector.broadcast(I, q[a]).reinterpretAsShorts());
        ShortVector high =
            v.lanewise(ASHR, 8).mul(IntVector.broadcast(I, q[a + 1]).reinterpretAsShorts());
        IntVector v32 = low.add(high).reinterpretAsInts();
        total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
      }
      total.intoArray(sums, Packing.ROWS * g + sub);
    }
  }
}
