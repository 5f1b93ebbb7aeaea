package dev.lamina.cpu.kernel;

import static dev.lamina.cpu.kernel.Lanes.F;
import static dev.lamina.cpu.kernel.Lanes.I;
import static dev.lamina.cpu.kernel.Lanes.LE;
import static dev.lamina.cpu.kernel.Lanes.S;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/** As {@link PackedDot}, for types with codes from a table. */
final class PackedLook extends DotOperands {
  private static final int LINE = Packing.LINE;
  private static final int ROWS = PackedTiles.ROWS;

  /** {@code y[to + lane] += the rows from sub on times x}; see {@link #set}. */
  void unit(
      PackedMatrix m,
      long from,
      int sub,
      PackedInput x,
      int k,
      Scratch scratch,
      float[] y,
      int to) {
    set(m, from, sub, x, k, scratch);
    Packing p = m.packing;
    if (p.bits() == 3) {
      look3(p.group() == 16 ? 0 : 1, y, to);
    } else if (p.steps() == 2) {
      lookWide4(y, to);
    } else {
      look4(p.group() == 16 ? 1 : 2, p.steps() == 16 ? 1 : 0, y, to);
    }
  }

  /**
   * Codes from a table; sums are widened after eight columns.
   *
   * @param linesShift log2 of the lines of a group
   */
  private void look3(int linesShift, float[] y, int to) {
    int last = (1 << linesShift) - 1;
    ShortVector codes = ShortVector.fromArray(S, table, 0);
    FloatVector f = FloatVector.fromArray(F, y, to);
    IntVector total = IntVector.zero(I);
    for (int i = 0; i < nLines; i++) {
      long block = at + (long) (i >> 1) * (3 * LINE);
      ShortVector h =
          ShortVector.fromMemorySegment(S, w, block + 2 * LINE, LE).lanewise(LSHR, 4 * (i & 1));
      ShortVector v = ShortVector.fromMemorySegment(S, w, block + (long) (i & 1) * LINE, LE);
      ShortVector x = IntVector.broadcast(I, q[a + 8 * i]).reinterpretAsShorts();
      ShortVector sum =
          v.and((short) 3).or(h.lanewise(LSHL, 2).and((short) 4)).selectFrom(codes).mul(x);
      x = IntVector.broadcast(I, q[a + 8 * i + 1]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 2)
                  .and((short) 3)
                  .or(h.lanewise(LSHL, 1).and((short) 4))
                  .selectFrom(codes)
                  .mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 2]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 8)
                  .and((short) 3)
                  .or(h.lanewise(LSHR, 6).and((short) 4))
                  .selectFrom(codes)
                  .mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 3]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 10)
                  .and((short) 3)
                  .or(h.lanewise(LSHR, 7).and((short) 4))
                  .selectFrom(codes)
                  .mul(x));
      IntVector v32 = sum.reinterpretAsInts();
      total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
      x = IntVector.broadcast(I, q[a + 8 * i + 4]).reinterpretAsShorts();
      sum = v.lanewise(LSHR, 4).and((short) 3).or(h.and((short) 4)).selectFrom(codes).mul(x);
      x = IntVector.broadcast(I, q[a + 8 * i + 5]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 6)
                  .and((short) 3)
                  .or(h.lanewise(LSHR, 1).and((short) 4))
                  .selectFrom(codes)
                  .mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 6]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 12)
                  .and((short) 3)
                  .or(h.lanewise(LSHR, 8).and((short) 4))
                  .selectFrom(codes)
                  .mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 7]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 14).or(h.lanewise(LSHR, 9).and((short) 4)).selectFrom(codes).mul(x));
      v32 = sum.reinterpretAsInts();
      total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
      if ((i & last) == last) {
        int g = i >> linesShift;
        FloatVector c = (FloatVector) total.convertShape(I2F, F, 0);
        f =
            c.mul(FloatVector.fromArray(F, scales, row + g * ROWS))
                .fma(FloatVector.broadcast(F, units[u + (i >> 1)]), f);
        total = IntVector.zero(I);
      }
    }
    f.intoArray(y, to);
  }

  /**
   * Codes from a table.
   *
   * @param linesShift log2 of the lines of a group
   * @param wideShift log2 of the lines after which sums are widened
   */
  private void look4(int linesShift, int wideShift, float[] y, int to) {
    int lastWide = (1 << wideShift) - 1;
    int last = (1 << linesShift) - 1;
    ShortVector codes = ShortVector.fromArray(S, table, 0);
    FloatVector f = FloatVector.fromArray(F, y, to);
    IntVector total = IntVector.zero(I);
    ShortVector sum = ShortVector.zero(S);
    for (int i = 0; i < nLines; i++) {
      ShortVector v = ShortVector.fromMemorySegment(S, w, at + (long) i * LINE, LE);
      ShortVector x = IntVector.broadcast(I, q[a + 4 * i]).reinterpretAsShorts();
      sum = sum.add(v.and((short) 15).selectFrom(codes).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 1]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 4).and((short) 15).selectFrom(codes).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 2]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 8).and((short) 15).selectFrom(codes).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 3]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 12).selectFrom(codes).mul(x));
      if ((i & lastWide) == lastWide) {
        IntVector v32 = sum.reinterpretAsInts();
        total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
        sum = ShortVector.zero(S);
      }
      if ((i & last) == last) {
        int g = i >> linesShift;
        FloatVector c = (FloatVector) total.convertShape(I2F, F, 0);
        f =
            c.mul(FloatVector.fromArray(F, scales, row + g * ROWS))
                .fma(FloatVector.broadcast(F, units[u + (i >> 2)]), f);
        total = IntVector.zero(I);
      }
    }
    f.intoArray(y, to);
  }

  /** As {@link #look4}, for codes so large that only two products fit a sum. */
  private void lookWide4(float[] y, int to) {
    ShortVector codes = ShortVector.fromArray(S, table, 0);
    FloatVector f = FloatVector.fromArray(F, y, to);
    IntVector total = IntVector.zero(I);
    for (int i = 0; i < nLines; i++) {
      ShortVector v = ShortVector.fromMemorySegment(S, w, at + (long) i * LINE, LE);
      ShortVector x = IntVector.broadcast(I, q[a + 4 * i]).reinterpretAsShorts();
      ShortVector sum = v.and((short) 15).selectFrom(codes).mul(x);
      x = IntVector.broadcast(I, q[a + 4 * i + 1]).reinterpretAsShorts();
      IntVector v32 =
          sum.add(v.lanewise(LSHR, 4).and((short) 15).selectFrom(codes).mul(x)).reinterpretAsInts();
      total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
      x = IntVector.broadcast(I, q[a + 4 * i + 2]).reinterpretAsShorts();
      sum = v.lanewise(LSHR, 8).and((short) 15).selectFrom(codes).mul(x);
      x = IntVector.broadcast(I, q[a + 4 * i + 3]).reinterpretAsShorts();
      v32 = sum.add(v.lanewise(LSHR, 12).selectFrom(codes).mul(x)).reinterpretAsInts();
      total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
      if ((i & 3) == 3) {
        int g = i >> 2;
        FloatVector c = (FloatVector) total.convertShape(I2F, F, 0);
        f =
            c.mul(FloatVector.fromArray(F, scales, row + g * ROWS))
                .fma(FloatVector.broadcast(F, units[u + g]), f);
        total = IntVector.zero(I);
      }
    }
    f.intoArray(y, to);
  }
}
