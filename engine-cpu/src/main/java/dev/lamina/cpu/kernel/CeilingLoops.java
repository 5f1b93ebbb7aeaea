package dev.lamina.cpu.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops that run one operation as fast as the processor can: an upper bound for the kernels. Each
 * loop has more accumulators than the latency of its operation requires. It returns a value that
 * depends on all of them, so that the compiler removes nothing.
 */
public final class CeilingLoops {
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> S = ShortVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

  private static final int READ_ACCUMULATORS = 8;
  private static final int MAC_ACCUMULATORS = 12;

  private CeilingLoops() {}

  /** {@link #read} takes multiples of this. */
  public static int readBytes() {
    return READ_ACCUMULATORS * L.vectorByteSize();
  }

  /** Multiplications with an addition in one round of {@link #int16Macs}. */
  public static int int16MacsPerRound() {
    return MAC_ACCUMULATORS * S.length();
  }

  /** Multiplications with an addition in one round of {@link #floatMacs}. */
  public static int floatMacsPerRound() {
    return MAC_ACCUMULATORS * F.length();
  }

  /**
   * Reads memory sequentially.
   *
   * @param memory native
   * @param bytes a multiple of {@link #readBytes}
   */
  public static long read(MemorySegment memory, long offset, long bytes) {
    int v = L.vectorByteSize();
    LongVector a = LongVector.zero(L);
    LongVector b = a;
    LongVector c = a;
    LongVector d = a;
    LongVector e = a;
    LongVector f = a;
    LongVector g = a;
    LongVector h = a;
    for (long at = offset; at < offset + bytes; at += READ_ACCUMULATORS * v) {
      a = a.add(LongVector.fromMemorySegment(L, memory, at, Lanes.LE));
      b = b.add(LongVector.fromMemorySegment(L, memory, at + v, Lanes.LE));
      c = c.add(LongVector.fromMemorySegment(L, memory, at + 2 * v, Lanes.LE));
      d = d.add(LongVector.fromMemorySegment(L, memory, at + 3 * v, Lanes.LE));
      e = e.add(LongVector.fromMemorySegment(L, memory, at + 4 * v, Lanes.LE));
      f = f.add(LongVector.fromMemorySegment(L, memory, at + 5 * v, Lanes.LE));
      g = g.add(LongVector.fromMemorySegment(L, memory, at + 6 * v, Lanes.LE));
      h = h.add(LongVector.fromMemorySegment(L, memory, at + 7 * v, Lanes.LE));
    }
    return a.add(b).add(c).add(d).add(e.add(f).add(g).add(h)).reduceLanes(VectorOperators.ADD);
  }

  /** Multiplies and adds 16-bit integers, as the integer kernels do, all in registers. */
  public static int int16Macs(int rounds, short factor, short summand) {
    ShortVector m = ShortVector.broadcast(S, factor);
    ShortVector s = ShortVector.broadcast(S, summand);
    ShortVector a0 = s;
    ShortVector a1 = s.add(a0);
    ShortVector a2 = s.add(a1);
    ShortVector a3 = s.add(a2);
    ShortVector a4 = s.add(a3);
    ShortVector a5 = s.add(a4);
    ShortVector a6 = s.add(a5);
    ShortVector a7 = s.add(a6);
    ShortVector a8 = s.add(a7);
    ShortVector a9 = s.add(a8);
    ShortVector a10 = s.add(a9);
    ShortVector a11 = s.add(a10);
    for (int i = 0; i < rounds; i++) {
      a0 = a0.mul(m).add(s);
      a1 = a1.mul(m).add(s);
      a2 = a2.mul(m).add(s);
      a3 = a3.mul(m).add(s);
      a4 = a4.mul(m).add(s);
      a5 = a5.mul(m).add(s);
      a6 = a6.mul(m).add(s);
      a7 = a7.mul(m).add(s);
      a8 = a8.mul(m).add(s);
      a9 = a9.mul(m).add(s);
      a10 = a10.mul(m).add(s);
      a11 = a11.mul(m).add(s);
    }
    ShortVector low = a0.add(a1).add(a2).add(a3).add(a4).add(a5);
    return low.add(a6).add(a7).add(a8).add(a9).add(a10).add(a11).reduceLanes(VectorOperators.ADD);
  }

  /** Fused multiplications and additions of floats, all in registers. */
  public static float floatMacs(int rounds, float factor, float summand) {
    FloatVector m = FloatVector.broadcast(F, factor);
    FloatVector s = FloatVector.broadcast(F, summand);
    FloatVector a0 = s;
    FloatVector a1 = s.add(a0);
    FloatVector a2 = s.add(a1);
    FloatVector a3 = s.add(a2);
    FloatVector a4 = s.add(a3);
    FloatVector a5 = s.add(a4);
    FloatVector a6 = s.add(a5);
    FloatVector a7 = s.add(a6);
    FloatVector a8 = s.add(a7);
    FloatVector a9 = s.add(a8);
    FloatVector a10 = s.add(a9);
    FloatVector a11 = s.add(a10);
    for (int i = 0; i < rounds; i++) {
      a0 = a0.fma(m, s);
      a1 = a1.fma(m, s);
      a2 = a2.fma(m, s);
      a3 = a3.fma(m, s);
      a4 = a4.fma(m, s);
      a5 = a5.fma(m, s);
      a6 = a6.fma(m, s);
      a7 = a7.fma(m, s);
      a8 = a8.fma(m, s);
      a9 = a9.fma(m, s);
      a10 = a10.fma(m, s);
      a11 = a11.fma(m, s);
    }
    FloatVector low = a0.add(a1).add(a2).add(a3).add(a4).add(a5);
    return low.add(a6).add(a7).add(a8).add(a9).add(a10).add(a11).reduceLanes(VectorOperators.ADD);
  }
}
