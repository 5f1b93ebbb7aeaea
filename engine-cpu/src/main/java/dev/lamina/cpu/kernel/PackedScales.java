package dev.lamina.cpu.kernel;

import static dev.lamina.cpu.kernel.Lanes.F;
import static dev.lamina.cpu.kernel.Lanes.I;
import static dev.lamina.cpu.kernel.Lanes.LE;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Scales and minima of a unit of a strip as floats, [groups, 32 rows]. */
final class PackedScales {
  /** Mask of sign, exponent and mantissa of an F16 that was shifted to their places in a float. */
  private static final int HALF = 0x8fffe000;

  private static final int UPPER = 0xffff0000;

  /** Factor by which such a float is too small. */
  private static final float REBIAS = 0x1p112f;

  private static final int LINE = Packing.LINE;
  private static final int ROWS = PackedTiles.ROWS;

  private PackedScales() {}

  /**
   * @param at of the unit
   * @param to index of the first row's scale of the first group
   */
  static void read(PackedMatrix m, long at, int sub, float[] scales, float[] mins, int to) {
    Packing p = m.packing;
    long from = at + 4L * sub;
    int nGroups = m.unit / p.group();
    long lines = (long) LINE * p.scaleLines(m.unit);
    if (p.scales() == Packing.Scales.BF16) {
      bf16(m.data, from, nGroups, scales, to);
    } else if (p.scales() == Packing.Scales.F16) {
      halves(m.data, from, nGroups, scales, to);
      if (p.hasMins()) {
        halves(m.data, from + lines / 2, nGroups, mins, to);
      }
    } else if (p.hasMins()) {
      bytesAndMins(m.data, from, from + lines, nGroups, scales, mins, to);
    } else {
      float factor = REBIAS * p.scaleFactor() * p.codeFactor();
      if (p.scales() == Packing.Scales.NIBBLES) {
        nibbles(m.data, from, from + lines, factor, nGroups, scales, to);
      } else {
        bytes(m.data, from, from + lines, factor, nGroups, scales, to);
      }
    }
    if (p.hasMins() && p.bias() != 0) {
      for (int g = 0; g < nGroups; g++) {
        VectorMath.addScaled(p.bias(), scales, to + g * ROWS, mins, to + g * ROWS, Lanes.N);
      }
    }
  }

  private static void halves(MemorySegment w, long from, int nGroups, float[] dst, int to) {
    for (int g = 0; g < nGroups; g++) {
      IntVector line = IntVector.fromMemorySegment(I, w, from + (long) (g >> 1) * LINE, LE);
      FloatVector half =
          line.lanewise(LSHL, 16 - 16 * (g & 1)).lanewise(ASHR, 3).and(HALF).reinterpretAsFloats();
      half.mul(REBIAS).intoArray(dst, to + g * ROWS);
    }
  }

  private static void bf16(MemorySegment w, long from, int nGroups, float[] dst, int to) {
    for (int g = 0; g < nGroups; g++) {
      IntVector line = IntVector.fromMemorySegment(I, w, from + (long) (g >> 1) * LINE, LE);
      line.lanewise(LSHL, 16 - 16 * (g & 1))
          .and(UPPER)
          .reinterpretAsFloats()
          .intoArray(dst, to + g * ROWS);
    }
  }

  /** Reads odd numbers; the file stores all bits but the last. */
  private static void nibbles(
      MemorySegment w, long from, long unitAt, float factor, int nGroups, float[] dst, int to) {
    FloatVector d =
        IntVector.fromMemorySegment(I, w, unitAt, LE)
            .lanewise(LSHL, 16)
            .lanewise(ASHR, 3)
            .and(HALF)
            .reinterpretAsFloats()
            .mul(factor);
    for (int g = 0; g < nGroups; g++) {
      IntVector line = IntVector.fromMemorySegment(I, w, from + (long) (g >> 3) * LINE, LE);
      FloatVector scale =
          (FloatVector)
              line.lanewise(LSHL, 28 - 4 * (g & 7))
                  .lanewise(LSHR, 27)
                  .or(1)
                  .convertShape(I2F, F, 0);
      scale.mul(d).intoArray(dst, to + g * ROWS);
    }
  }

  private static void bytes(
      MemorySegment w, long from, long unitAt, float factor, int nGroups, float[] dst, int to) {
    FloatVector d =
        IntVector.fromMemorySegment(I, w, unitAt, LE)
            .lanewise(LSHL, 16)
            .lanewise(ASHR, 3)
            .and(HALF)
            .reinterpretAsFloats()
            .mul(factor);
    for (int g = 0; g < nGroups; g++) {
      IntVector line = IntVector.fromMemorySegment(I, w, from + (long) (g >> 2) * LINE, LE);
      FloatVector scale =
          (FloatVector)
              line.lanewise(LSHL, 24 - 8 * (g & 3)).lanewise(ASHR, 24).convertShape(I2F, F, 0);
      scale.mul(d).intoArray(dst, to + g * ROWS);
    }
  }

  private static void bytesAndMins(
      MemorySegment w, long from, long unitAt, int nGroups, float[] scales, float[] mins, int to) {
    IntVector units = IntVector.fromMemorySegment(I, w, unitAt, LE);
    FloatVector d =
        units.lanewise(LSHL, 16).lanewise(ASHR, 3).and(HALF).reinterpretAsFloats().mul(REBIAS);
    FloatVector min = units.lanewise(ASHR, 3).and(HALF).reinterpretAsFloats().mul(REBIAS);
    for (int g = 0; g < nGroups; g++) {
      IntVector line = IntVector.fromMemorySegment(I, w, from + (long) (g >> 1) * LINE, LE);
      line = line.lanewise(LSHL, 16 - 16 * (g & 1));
      FloatVector scale =
          (FloatVector) line.lanewise(LSHL, 8).lanewise(ASHR, 24).convertShape(I2F, F, 0);
      scale.mul(d).intoArray(scales, to + g * ROWS);
      FloatVector m = (FloatVector) line.lanewise(ASHR, 24).convertShape(I2F, F, 0);
      m.mul(min).intoArray(mins, to + g * ROWS);
    }
  }
}
