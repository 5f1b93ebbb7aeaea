package dev.lamina.cpu.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Integer products of one token with a unit of a strip: {@code sums[16 g + row] = sum over the
 * columns of group g of code * activation}. Every method works on as many rows as a vector holds,
 * from the {@code sub}-th on. Columns are taken eight at a time, as four steps of two columns.
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
          look3(w, from, high, nGroups, quads, p.steps() / 4, q, a, p.table(), sums, sub);
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

  private static ShortVector load(MemorySegment w, long at) {
    return ShortVector.fromMemorySegment(Lanes.S, w, at, Lanes.LE);
  }

  /** Two activations, for even and odd lanes. */
  private static ShortVector pair(int[] q, int i) {
    return IntVector.broadcast(Lanes.I, q[i]).reinterpretAsShorts();
  }

  /** Sums of even and odd lanes. */
  private static IntVector widen(ShortVector s) {
    IntVector v = s.reinterpretAsInts();
    return v.lanewise(VectorOperators.LSHL, 16)
        .lanewise(VectorOperators.ASHR, 16)
        .add(v.lanewise(VectorOperators.ASHR, 16));
  }

  private static ShortVector right(ShortVector v, int n) {
    return v.lanewise(VectorOperators.LSHR, n);
  }

  private static ShortVector left(ShortVector v, int n) {
    return v.lanewise(VectorOperators.LSHL, n);
  }

  /** What the bias adds to a group of 16 columns, taken off; modulo 2^16, as all sums here. */
  private static ShortVector unbias(int[] s16, int i, int bias) {
    return pair(s16, i).mul((short) -bias);
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
      ShortVector sum = ShortVector.zero(Lanes.S);
      for (int i = 0; i < quads; i += 2, line += LINE, a += 8, t++) {
        ShortVector v = load(w, line);
        sum = sum.add(unbias(s16, t, bias));
        sum = sum.add(v.and((short) 3).mul(pair(q, a)));
        sum = sum.add(right(v, 2).and((short) 3).mul(pair(q, a + 1)));
        sum = sum.add(right(v, 4).and((short) 3).mul(pair(q, a + 2)));
        sum = sum.add(right(v, 6).and((short) 3).mul(pair(q, a + 3)));
        sum = sum.add(right(v, 8).and((short) 3).mul(pair(q, a + 4)));
        sum = sum.add(right(v, 10).and((short) 3).mul(pair(q, a + 5)));
        sum = sum.add(right(v, 12).and((short) 3).mul(pair(q, a + 6)));
        sum = sum.add(right(v, 14).mul(pair(q, a + 7)));
      }
      widen(sum).intoArray(sums, Packing.ROWS * g + sub);
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
      ShortVector sum = unbias(s16, s + g, bias);
      ShortVector v = load(w, low + (long) g * LINE);
      ShortVector h = right(load(w, high + (long) (g >> 1) * LINE), 8 * (g & 1));
      for (int i = 0; i < 2; i++, a += 4) {
        sum = sum.add(v.and((short) 3).or(left(h, 2).and((short) 4)).mul(pair(q, a)));
        sum = sum.add(right(v, 2).and((short) 3).or(left(h, 1).and((short) 4)).mul(pair(q, a + 1)));
        sum = sum.add(right(v, 4).and((short) 3).or(h.and((short) 4)).mul(pair(q, a + 2)));
        sum =
            sum.add(right(v, 6).and((short) 3).or(right(h, 1).and((short) 4)).mul(pair(q, a + 3)));
        v = right(v, 8);
        h = right(h, 4);
      }
      widen(sum).intoArray(sums, Packing.ROWS * g + sub);
    }
  }

  /**
   * Eight columns at a time with codes from a table; sums are widened after {@code wide} eights.
   */
  private static void look3(
      MemorySegment w,
      long low,
      long high,
      int nGroups,
      int quads,
      int wide,
      int[] q,
      int at,
      short[] table,
      int[] sums,
      int sub) {
    ShortVector t = ShortVector.fromArray(Lanes.S, table, 0);
    int a = at;
    int quad = 0;
    for (int g = 0; g < nGroups; g++) {
      IntVector total = IntVector.zero(Lanes.I);
      for (int i = 0; i < quads; i += wide) {
        ShortVector sum = ShortVector.zero(Lanes.S);
        for (int j = i; j < Math.min(i + wide, quads); j++, a += 4, quad++) {
          ShortVector v = right(load(w, low + (long) (quad >> 1) * LINE), 8 * (quad & 1));
          ShortVector h = right(load(w, high + (long) (quad >> 2) * LINE), 4 * (quad & 3));
          ShortVector c = v.and((short) 3).or(left(h, 2).and((short) 4));
          sum = sum.add(c.selectFrom(t).mul(pair(q, a)));
          c = right(v, 2).and((short) 3).or(left(h, 1).and((short) 4));
          sum = sum.add(c.selectFrom(t).mul(pair(q, a + 1)));
          c = right(v, 4).and((short) 3).or(h.and((short) 4));
          sum = sum.add(c.selectFrom(t).mul(pair(q, a + 2)));
          c = right(v, 6).and((short) 3).or(right(h, 1).and((short) 4));
          sum = sum.add(c.selectFrom(t).mul(pair(q, a + 3)));
        }
        total = total.add(widen(sum));
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
      ShortVector sum = unbias(s16, s + 2 * g, bias).add(unbias(s16, s + 2 * g + 1, bias));
      for (int i = 0; i < 4; i++, line += LINE, a += 4) {
        ShortVector v = load(w, line);
        sum = sum.add(v.and((short) 15).mul(pair(q, a)));
        sum = sum.add(right(v, 4).and((short) 15).mul(pair(q, a + 1)));
        sum = sum.add(right(v, 8).and((short) 15).mul(pair(q, a + 2)));
        sum = sum.add(right(v, 12).mul(pair(q, a + 3)));
      }
      widen(sum).intoArray(sums, Packing.ROWS * g + sub);
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
    ShortVector t = ShortVector.fromArray(Lanes.S, table, 0);
    int a = at;
    long line = from;
    for (int g = 0; g < nGroups; g++) {
      IntVector total = IntVector.zero(Lanes.I);
      for (int i = 0; i < 4; i += wide) {
        ShortVector sum = ShortVector.zero(Lanes.S);
        for (int j = 0; j < wide; j++, line += LINE, a += 4) {
          ShortVector v = load(w, line);
          sum = sum.add(v.and((short) 15).selectFrom(t).mul(pair(q, a)));
          sum = sum.add(right(v, 4).and((short) 15).selectFrom(t).mul(pair(q, a + 1)));
          sum = sum.add(right(v, 8).and((short) 15).selectFrom(t).mul(pair(q, a + 2)));
          sum = sum.add(right(v, 12).selectFrom(t).mul(pair(q, a + 3)));
        }
        total = total.add(widen(sum));
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
    ShortVector t = ShortVector.fromArray(Lanes.S, table, 0);
    int a = at;
    long line = from;
    for (int g = 0; g < nGroups; g++) {
      IntVector total = IntVector.zero(Lanes.I);
      for (int i = 0; i < 4; i++, line += LINE, a += 4) {
        ShortVector v = load(w, line);
        ShortVector sum = v.and((short) 15).selectFrom(t).mul(pair(q, a));
        sum = sum.add(right(v, 4).and((short) 15).selectFrom(t).mul(pair(q, a + 1)));
        total = total.add(widen(sum));
        sum = right(v, 8).and((short) 15).selectFrom(t).mul(pair(q, a + 2));
        sum = sum.add(right(v, 12).selectFrom(t).mul(pair(q, a + 3)));
        total = total.add(widen(sum));
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
      ShortVector sum = unbias(s16, s + 2 * g, bias).add(unbias(s16, s + 2 * g + 1, bias));
      ShortVector h = load(w, high + (long) g * LINE);
      for (int i = 0; i < 4; i++, line += LINE, a += 4) {
        ShortVector v = load(w, line);
        sum = sum.add(v.and((short) 15).or(left(h, 4).and((short) 16)).mul(pair(q, a)));
        ShortVector c = right(v, 4).and((short) 15).or(left(h, 3).and((short) 16));
        sum = sum.add(c.mul(pair(q, a + 1)));
        c = right(v, 8).and((short) 15).or(left(h, 2).and((short) 16));
        sum = sum.add(c.mul(pair(q, a + 2)));
        sum = sum.add(right(v, 12).or(left(h, 1).and((short) 16)).mul(pair(q, a + 3)));
        h = right(h, 4);
      }
      widen(sum).intoArray(sums, Packing.ROWS * g + sub);
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
      ShortVector sum = unbias(s16, s + g, bias);
      ShortVector h = load(w, high + (long) g * LINE);
      for (int i = 0; i < 2; i++, line += LINE, a += 4) {
        ShortVector v = load(w, line);
        sum = sum.add(v.and((short) 15).or(left(h, 4).and((short) 48)).mul(pair(q, a)));
        ShortVector c = right(v, 4).and((short) 15).or(left(h, 2).and((short) 48));
        sum = sum.add(c.mul(pair(q, a + 1)));
        sum = sum.add(right(v, 8).and((short) 15).or(h.and((short) 48)).mul(pair(q, a + 2)));
        sum = sum.add(right(v, 12).or(right(h, 2).and((short) 48)).mul(pair(q, a + 3)));
        h = right(h, 8);
      }
      widen(sum).intoArray(sums, Packing.ROWS * g + sub);
    }
  }

  /** Groups of 32 signed bytes, of which two products fit a sum. */
  private static void dot8(
      MemorySegment w, long from, int nGroups, int[] q, int at, int[] sums, int sub) {
    int a = at;
    long line = from;
    for (int g = 0; g < nGroups; g++) {
      IntVector total = IntVector.zero(Lanes.I);
      for (int i = 0; i < 8; i++, line += LINE, a += 2) {
        ShortVector v = load(w, line);
        ShortVector low = left(v, 8).lanewise(VectorOperators.ASHR, 8).mul(pair(q, a));
        ShortVector high = v.lanewise(VectorOperators.ASHR, 8).mul(pair(q, a + 1));
        total = total.add(widen(low.add(high)));
      }
      total.intoArray(sums, Packing.ROWS * g + sub);
    }
  }
}
