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

/**
 * Products of one token with a unit of a strip, for as many rows as a vector holds, for types with
 * computed codes. A group's sum of codes times activations is scaled at its last line, in the order
 * of {@link PackedTiles#scale}, so that results do not depend on the number of tokens.
 *
 * <p>No kernel calls a method that takes or returns vectors: the compiler does not inline methods
 * above some size, and would box the vectors. Every kernel has a single loop over the lines of
 * (low) bits. An inner loop over the lines of a group would not be unrolled, but split in three.
 */
final class PackedDot extends DotOperands {
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
    boolean by16 = p.group() == 16;
    switch (p.bits()) {
      case 2 -> dot2(by16 ? 0 : 1, y, to);
      case 3 -> dot3(y, to);
      case 4 -> dot4(y, to);
      case 5 -> dot5(y, to);
      case 6 -> dot6(y, to);
      default -> dot8(y, to);
    }
  }

  /**
   * @param linesShift log2 of the lines of a group
   */
  private void dot2(int linesShift, float[] y, int to) {
    FloatVector f = FloatVector.fromArray(F, y, to);
    FloatVector m = FloatVector.zero(F);
    ShortVector sum = ShortVector.zero(S);
    int last = (1 << linesShift) - 1;
    for (int i = 0; i < nLines; i++) {
      ShortVector v = ShortVector.fromMemorySegment(S, w, at + (long) i * LINE, LE);
      ShortVector x = IntVector.broadcast(I, q[a + 8 * i]).reinterpretAsShorts();
      sum = sum.add(v.and((short) 3).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 1]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 2).and((short) 3).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 2]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 8).and((short) 3).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 3]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 10).and((short) 3).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 4]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 4).and((short) 3).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 5]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 6).and((short) 3).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 6]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 12).and((short) 3).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 7]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 14).mul(x));
      if ((i & last) == last) {
        int g = i >> linesShift;
        sum = sum.add(IntVector.broadcast(I, sums[t + g]).reinterpretAsShorts().mul(bias));
        IntVector v32 = sum.reinterpretAsInts();
        FloatVector c =
            (FloatVector)
                v32.lanewise(LSHL, 16)
                    .lanewise(ASHR, 16)
                    .add(v32.lanewise(ASHR, 16))
                    .convertShape(I2F, F, 0);
        f =
            c.mul(FloatVector.fromArray(F, scales, row + g * ROWS))
                .fma(FloatVector.broadcast(F, units[u + (i >> 1)]), f);
        if (hasMins) {
          FloatVector total = FloatVector.broadcast(F, totals[t + g]);
          m = FloatVector.fromArray(F, mins, row + g * ROWS).fma(total, m);
        }
        sum = ShortVector.zero(S);
      }
    }
    f.add(m).intoArray(y, to);
  }

  /** Groups of 16: a line. */
  private void dot3(float[] y, int to) {
    FloatVector f = FloatVector.fromArray(F, y, to);
    FloatVector m = FloatVector.zero(F);
    for (int i = 0; i < nLines; i++) {
      long block = at + (long) (i >> 1) * (3 * LINE);
      ShortVector h =
          ShortVector.fromMemorySegment(S, w, block + 2 * LINE, LE).lanewise(LSHR, 4 * (i & 1));
      ShortVector v = ShortVector.fromMemorySegment(S, w, block + (long) (i & 1) * LINE, LE);
      ShortVector sum = IntVector.broadcast(I, sums[t + i]).reinterpretAsShorts().mul(bias);
      ShortVector x = IntVector.broadcast(I, q[a + 8 * i]).reinterpretAsShorts();
      sum = sum.add(v.and((short) 3).or(h.lanewise(LSHL, 2).and((short) 4)).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 1]).reinterpretAsShorts();
      sum =
          sum.add(v.lanewise(LSHR, 2).and((short) 3).or(h.lanewise(LSHL, 1).and((short) 4)).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 2]).reinterpretAsShorts();
      sum =
          sum.add(v.lanewise(LSHR, 8).and((short) 3).or(h.lanewise(LSHR, 6).and((short) 4)).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 3]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 10).and((short) 3).or(h.lanewise(LSHR, 7).and((short) 4)).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 4]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 4).and((short) 3).or(h.and((short) 4)).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 5]).reinterpretAsShorts();
      sum =
          sum.add(v.lanewise(LSHR, 6).and((short) 3).or(h.lanewise(LSHR, 1).and((short) 4)).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 6]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 12).and((short) 3).or(h.lanewise(LSHR, 8).and((short) 4)).mul(x));
      x = IntVector.broadcast(I, q[a + 8 * i + 7]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 14).or(h.lanewise(LSHR, 9).and((short) 4)).mul(x));
      IntVector v32 = sum.reinterpretAsInts();
      FloatVector c =
          (FloatVector)
              v32.lanewise(LSHL, 16)
                  .lanewise(ASHR, 16)
                  .add(v32.lanewise(ASHR, 16))
                  .convertShape(I2F, F, 0);
      f =
          c.mul(FloatVector.fromArray(F, scales, row + i * ROWS))
              .fma(FloatVector.broadcast(F, units[u + (i >> 1)]), f);
      if (hasMins) {
        FloatVector total = FloatVector.broadcast(F, totals[t + i]);
        m = FloatVector.fromArray(F, mins, row + i * ROWS).fma(total, m);
      }
    }
    f.add(m).intoArray(y, to);
  }

  /** Groups of 32: four lines. */
  private void dot4(float[] y, int to) {
    FloatVector f = FloatVector.fromArray(F, y, to);
    FloatVector m = FloatVector.zero(F);
    ShortVector sum = ShortVector.zero(S);
    for (int i = 0; i < nLines; i++) {
      ShortVector v = ShortVector.fromMemorySegment(S, w, at + (long) i * LINE, LE);
      ShortVector x = IntVector.broadcast(I, q[a + 4 * i]).reinterpretAsShorts();
      sum = sum.add(v.and((short) 15).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 1]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 4).and((short) 15).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 2]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 8).and((short) 15).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 3]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 12).mul(x));
      if ((i & 3) == 3) {
        int g = i >> 2;
        sum = sum.add(IntVector.broadcast(I, sums[t + g]).reinterpretAsShorts().mul(bias));
        IntVector v32 = sum.reinterpretAsInts();
        FloatVector c =
            (FloatVector)
                v32.lanewise(LSHL, 16)
                    .lanewise(ASHR, 16)
                    .add(v32.lanewise(ASHR, 16))
                    .convertShape(I2F, F, 0);
        f =
            c.mul(FloatVector.fromArray(F, scales, row + g * ROWS))
                .fma(FloatVector.broadcast(F, units[u + g]), f);
        if (hasMins) {
          FloatVector total = FloatVector.broadcast(F, totals[t + g]);
          m = FloatVector.fromArray(F, mins, row + g * ROWS).fma(total, m);
        }
        sum = ShortVector.zero(S);
      }
    }
    f.add(m).intoArray(y, to);
  }

  /** Groups of 32: four lines and one of high bits. */
  private void dot5(float[] y, int to) {
    FloatVector f = FloatVector.fromArray(F, y, to);
    FloatVector m = FloatVector.zero(F);
    ShortVector sum = ShortVector.zero(S);
    for (int i = 0; i < nLines; i++) {
      int g = i >> 2;
      long block = at + (long) g * (5 * LINE);
      ShortVector h =
          ShortVector.fromMemorySegment(S, w, block + 4 * LINE, LE).lanewise(LSHR, 2 * (i & 3));
      ShortVector v = ShortVector.fromMemorySegment(S, w, block + (long) (i & 3) * LINE, LE);
      ShortVector x = IntVector.broadcast(I, q[a + 4 * i]).reinterpretAsShorts();
      sum = sum.add(v.and((short) 15).or(h.lanewise(LSHL, 4).and((short) 16)).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 1]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 4).and((short) 15).or(h.lanewise(LSHL, 3).and((short) 16)).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 2]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 8).and((short) 15).or(h.lanewise(LSHR, 4).and((short) 16)).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 3]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 12).or(h.lanewise(LSHR, 5).and((short) 16)).mul(x));
      if ((i & 3) == 3) {
        sum = sum.add(IntVector.broadcast(I, sums[t + g]).reinterpretAsShorts().mul(bias));
        IntVector v32 = sum.reinterpretAsInts();
        FloatVector c =
            (FloatVector)
                v32.lanewise(LSHL, 16)
                    .lanewise(ASHR, 16)
                    .add(v32.lanewise(ASHR, 16))
                    .convertShape(I2F, F, 0);
        f =
            c.mul(FloatVector.fromArray(F, scales, row + g * ROWS))
                .fma(FloatVector.broadcast(F, units[u + g]), f);
        if (hasMins) {
          FloatVector total = FloatVector.broadcast(F, totals[t + g]);
          m = FloatVector.fromArray(F, mins, row + g * ROWS).fma(total, m);
        }
        sum = ShortVector.zero(S);
      }
    }
    f.add(m).intoArray(y, to);
  }

  /** Groups of 16: two lines and one of high bits. */
  private void dot6(float[] y, int to) {
    FloatVector f = FloatVector.fromArray(F, y, to);
    FloatVector m = FloatVector.zero(F);
    ShortVector sum = ShortVector.zero(S);
    for (int i = 0; i < nLines; i++) {
      int g = i >> 1;
      long block = at + (long) g * (3 * LINE);
      ShortVector h =
          ShortVector.fromMemorySegment(S, w, block + 2 * LINE, LE).lanewise(LSHR, 4 * (i & 1));
      ShortVector v = ShortVector.fromMemorySegment(S, w, block + (long) (i & 1) * LINE, LE);
      ShortVector x = IntVector.broadcast(I, q[a + 4 * i]).reinterpretAsShorts();
      sum = sum.add(v.and((short) 15).or(h.lanewise(LSHL, 4).and((short) 48)).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 1]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 4).and((short) 15).or(h.lanewise(LSHL, 2).and((short) 48)).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 2]).reinterpretAsShorts();
      sum =
          sum.add(
              v.lanewise(LSHR, 8).and((short) 15).or(h.lanewise(LSHR, 4).and((short) 48)).mul(x));
      x = IntVector.broadcast(I, q[a + 4 * i + 3]).reinterpretAsShorts();
      sum = sum.add(v.lanewise(LSHR, 12).or(h.lanewise(LSHR, 6).and((short) 48)).mul(x));
      if ((i & 1) == 1) {
        sum = sum.add(IntVector.broadcast(I, sums[t + g]).reinterpretAsShorts().mul(bias));
        IntVector v32 = sum.reinterpretAsInts();
        FloatVector c =
            (FloatVector)
                v32.lanewise(LSHL, 16)
                    .lanewise(ASHR, 16)
                    .add(v32.lanewise(ASHR, 16))
                    .convertShape(I2F, F, 0);
        f =
            c.mul(FloatVector.fromArray(F, scales, row + g * ROWS))
                .fma(FloatVector.broadcast(F, units[u + (g >> 1)]), f);
        if (hasMins) {
          FloatVector total = FloatVector.broadcast(F, totals[t + g]);
          m = FloatVector.fromArray(F, mins, row + g * ROWS).fma(total, m);
        }
        sum = ShortVector.zero(S);
      }
    }
    f.add(m).intoArray(y, to);
  }

  /** Groups of 32 signed bytes, eight lines; two products fit a sum. */
  private void dot8(float[] y, int to) {
    FloatVector f = FloatVector.fromArray(F, y, to);
    IntVector total = IntVector.zero(I);
    for (int i = 0; i < nLines; i++) {
      ShortVector v = ShortVector.fromMemorySegment(S, w, at + (long) i * LINE, LE);
      ShortVector x = IntVector.broadcast(I, q[a + 4 * (i >> 1) + (i & 1)]).reinterpretAsShorts();
      ShortVector sum = v.lanewise(LSHL, 8).lanewise(ASHR, 8).mul(x);
      x = IntVector.broadcast(I, q[a + 4 * (i >> 1) + (i & 1) + 2]).reinterpretAsShorts();
      IntVector v32 = sum.add(v.lanewise(ASHR, 8).mul(x)).reinterpretAsInts();
      total = total.add(v32.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(v32.lanewise(ASHR, 16));
      if ((i & 7) == 7) {
        int g = i >> 3;
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
