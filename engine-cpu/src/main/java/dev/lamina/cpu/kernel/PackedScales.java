package dev.lamina.cpu.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Scales and minima of a unit of a strip as floats, [groups, stride]. */
final class PackedScales {
  /** Sign, exponent and mantissa of an F16 that was shifted to a float's place. */
  private static final int HALF = 0x8fffe000;

  /** What such a float is too small by. */
  private static final float REBIAS = 0x1p112f;

  private static final int LINE = Packing.LINE;

  private PackedScales() {}

  /**
   * @param at of the unit
   * @param to index of the first row's scale of the first group
   * @param stride floats from group to group
   */
  static void read(
      PackedMatrix m, long at, int sub, float[] scales, float[] mins, int to, int stride) {
    Packing p = m.packing;
    long from = at + p.indexBytes(m.unit) + 4L * sub;
    int nGroups = m.unit / p.group();
    long lines = (long) LINE * p.scaleLines(m.unit);
    if (p.halfScales()) {
      halves(m.data, from, nGroups, scales, to, stride);
      if (p.hasMins()) {
        halves(m.data, from + lines / 2, nGroups, mins, to, stride);
      }
    } else if (p.hasMins()) {
      bytesAndMins(m.data, from, from + lines, nGroups, scales, mins, to, stride);
    } else {
      float factor = REBIAS * p.scaleFactor() * p.codeFactor();
      bytes(m.data, from, from + lines, factor, nGroups, scales, to, stride);
    }
    if (p.hasMins() && p.bias() != 0) {
      for (int g = 0; g < nGroups; g++) {
        VectorMath.addScaled(p.bias(), scales, to + g * stride, mins, to + g * stride, Lanes.N);
      }
    }
  }

  private static IntVector load(MemorySegment w, long at) {
    return IntVector.fromMemorySegment(Lanes.I, w, at, Lanes.LE);
  }

  private static FloatVector half(IntVector line, int left) {
    return line.lanewise(VectorOperators.LSHL, left)
        .lanewise(VectorOperators.ASHR, 3)
        .and(HALF)
        .reinterpretAsFloats();
  }

  private static FloatVector signedByte(IntVector line, int left) {
    return (FloatVector)
        line.lanewise(VectorOperators.LSHL, left)
            .lanewise(VectorOperators.ASHR, 24)
            .convertShape(VectorOperators.I2F, Lanes.F, 0);
  }

  private static void halves(
      MemorySegment w, long from, int nGroups, float[] dst, int to, int stride) {
    int at = to;
    for (int g = 0; g < nGroups; g++, at += stride) {
      IntVector line = load(w, from + (long) (g >> 1) * LINE);
      half(line, 16 - 16 * (g & 1)).mul(REBIAS).intoArray(dst, at);
    }
  }

  private static void bytes(
      MemorySegment w,
      long from,
      long unitAt,
      float factor,
      int nGroups,
      float[] dst,
      int to,
      int stride) {
    FloatVector d = half(load(w, unitAt), 16).mul(factor);
    int at = to;
    for (int g = 0; g < nGroups; g += 4, at += 4 * stride) {
      IntVector line = load(w, from + (long) g * (LINE / 4));
      signedByte(line, 24).mul(d).intoArray(dst, at);
      signedByte(line, 16).mul(d).intoArray(dst, at + stride);
      signedByte(line, 8).mul(d).intoArray(dst, at + 2 * stride);
      signedByte(line, 0).mul(d).intoArray(dst, at + 3 * stride);
    }
  }

  private static void bytesAndMins(
      MemorySegment w,
      long from,
      long unitAt,
      int nGroups,
      float[] scales,
      float[] mins,
      int to,
      int stride) {
    IntVector units = load(w, unitAt);
    FloatVector d = half(units, 16).mul(REBIAS);
    FloatVector min = half(units, 0).mul(REBIAS);
    int at = to;
    for (int g = 0; g < nGroups; g += 2, at += 2 * stride) {
      IntVector line = load(w, from + (long) g * (LINE / 2));
      signedByte(line, 24).mul(d).intoArray(scales, at);
      signedByte(line, 16).mul(min).intoArray(mins, at);
      signedByte(line, 8).mul(d).intoArray(scales, at + stride);
      signedByte(line, 0).mul(min).intoArray(mins, at + stride);
    }
  }
}
