package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.VecOp.VFMADD213PS;
import static dev.lamina.cpu.assembler.VecOp.VFMADD231PS;
import static dev.lamina.cpu.assembler.VecOp.VMAXPS;
import static dev.lamina.cpu.assembler.VecOp.VMINPS;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;
import static dev.lamina.cpu.assembler.VecOp.VPADDD;
import static dev.lamina.cpu.assembler.VecOp.VPSLLD;
import static dev.lamina.cpu.assembler.VecOp.VPSRAD;
import static dev.lamina.cpu.assembler.VecOp.VPSUBD;
import static dev.lamina.cpu.assembler.VecOp.VSUBPS;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.engine.rows.Elementary;

/** Emits the exponentials of a vector, with the same bits as {@link Elementary#exp}. Needs AVX2. */
final class ExpLines {
  /** Added to an exponent in the bits of a float. */
  private static final int EXPONENT_BIAS = 127;

  /** Where constants are: in registers or in memory. */
  interface Constants {
    Operand constant(float value);

    Operand constant(int value);
  }

  private final Assembler a;
  private final Vec lowest;
  private final Vec highest;
  private final Operand log2e;
  private final Operand round;
  private final Operand minusRoundBits;
  private final Operand minusLn2;
  private final Operand minusLn2Rest;
  private final Operand bias;

  /** The coefficients of the power series, the highest power first. */
  private final Operand[] coefficients;

  /**
   * @param r has two registers left for constants at least
   */
  ExpLines(Assembler a, Registers r) {
    this(a, r, (Vec) r.constant(Elementary.LOWEST), (Vec) r.constant(Elementary.HIGHEST));
  }

  /**
   * @param lowest holds {@link Elementary#LOWEST} when code is emitted: NaN stays only as the last
   *     operand of a maximum or minimum
   * @param highest holds {@link Elementary#HIGHEST}; both may be among the registers that become
   *     undefined
   */
  ExpLines(Assembler a, Constants r, Vec lowest, Vec highest) {
    this.a = a;
    this.lowest = lowest;
    this.highest = highest;
    this.round = r.constant(Elementary.ROUND);
    this.log2e = r.constant(Elementary.LOG2_E);
    this.minusLn2 = r.constant(-Elementary.LN2);
    this.minusLn2Rest = r.constant(-Elementary.LN2_REST);
    this.minusRoundBits = r.constant(-Float.floatToRawIntBits(Elementary.ROUND));
    this.bias = r.constant(EXPONENT_BIAS);
    this.coefficients = new Operand[Elementary.EXP_TERMS.length];
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] = r.constant(Elementary.EXP_TERMS[i]);
    }
  }

  /**
   * Emits {@code to = e^x}.
   *
   * @param x becomes undefined, as do the other registers; all four differ
   */
  void emit(Vec to, Vec x, Vec rounded, Vec k) {
    a.op(VMAXPS, x, lowest, x);
    a.op(VMINPS, x, highest, x);
    a.op(VMOVUPS, rounded, round);
    a.op(VFMADD231PS, rounded, x, log2e);
    a.op(VSUBPS, k, rounded, round);
    a.op(VFMADD231PS, x, k, minusLn2);
    a.op(VFMADD231PS, x, k, minusLn2Rest);
    a.op(VMOVUPS, to, coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      a.op(VFMADD213PS, to, x, coefficients[i]);
    }
    // 2^k as two factors, because k itself exceeds the range of exponents at both ends.
    a.op(VPADDD, rounded, rounded, minusRoundBits);
    a.op(VPSRAD, k, rounded, 1);
    a.op(VPSUBD, rounded, rounded, k);
    timesPowerOf2(to, k);
    timesPowerOf2(to, rounded);
  }

  private void timesPowerOf2(Vec to, Vec k) {
    a.op(VPADDD, k, k, bias);
    a.op(VPSLLD, k, k, 23);
    a.op(VMULPS, to, to, k);
  }
}
