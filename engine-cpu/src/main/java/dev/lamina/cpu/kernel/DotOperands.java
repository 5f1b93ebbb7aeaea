package dev.lamina.cpu.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The operands of the product of one token with a unit of a strip. They are fields because there
 * are too many for parameters.
 */
abstract class DotOperands {
  MemorySegment w = MemorySegment.NULL;

  /** Byte offset of the first line of (low) bits. */
  long at;

  int nLines;

  /** Pairs of activations, starting at index a. */
  int[] q = {};

  int a;

  /**
   * Sums of the even and the odd activations of each group, starting at index t. They are
   * multiplied by -bias.
   */
  int[] sums = {};

  short bias;
  short[] table = {};

  /** Steps of the activations for each 32 columns, starting at index u. */
  float[] units = {};

  int u;

  /** Totals of the activations of each group, starting at index t. */
  float[] totals = {};

  int t;

  float[] scales = {};
  float[] mins = {};
  boolean hasMins;

  /** Index of the first row in the scales. */
  int row;

  /**
   * @param from byte offset of the unit
   * @param sub the first of its rows
   * @param k its first column
   * @param scratch has its scales
   */
  final void set(PackedMatrix m, long from, int sub, PackedInput x, int k, Scratch scratch) {
    Packing p = m.packing;
    boolean by16 = p.group() == 16;
    w = m.data;
    at = from + p.scaleBytes(m.unit) + 4L * sub;
    nLines = m.unit / (p.bits() < 4 ? 16 : p.bits() == 8 ? 4 : 8);
    q = x.pairs;
    a = k / 2;
    sums = by16 ? x.sums16 : x.sums32;
    bias = (short) -p.bias();
    table = p.table();
    units = x.units;
    u = k / 32;
    totals = by16 ? x.totals16 : x.totals32;
    t = k / p.group();
    scales = scratch.vector().scales;
    mins = scratch.vector().mins;
    hasMins = p.hasMins();
    row = sub;
  }
}
