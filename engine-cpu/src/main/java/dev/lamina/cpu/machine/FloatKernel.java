package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.AND;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.LEA;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.POP;
import static dev.lamina.cpu.assembler.GprOp.PREFETCHT1;
import static dev.lamina.cpu.assembler.GprOp.PUSH;
import static dev.lamina.cpu.assembler.GprOp.SHR;
import static dev.lamina.cpu.assembler.GprOp.TEST;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VADDPS;
import static dev.lamina.cpu.assembler.VecOp.VCVTPH2PS;
import static dev.lamina.cpu.assembler.VecOp.VEXTRACTI32X4;
import static dev.lamina.cpu.assembler.VecOp.VEXTRACTI64X4;
import static dev.lamina.cpu.assembler.VecOp.VFMADD231PS;
import static dev.lamina.cpu.assembler.VecOp.VHADDPS;
import static dev.lamina.cpu.assembler.VecOp.VMOVD;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VPINSRW;
import static dev.lamina.cpu.assembler.VecOp.VPMOVZXWD;
import static dev.lamina.cpu.assembler.VecOp.VPSLLD;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.system.Platform;
import dev.lamina.kernels.TensorType;

/**
 * Emits the product of rows of F32, F16 or BF16 with a few tokens: {@code void f(weights, columns +
 * (rows << 32), array, xAt, yAt, xStride + (yStride << 32))}. The rows of weights follow each
 * other. Offsets in the array and distances from token to token are in bytes; the results of a
 * token follow each other.
 *
 * <p>Lanes are columns. Four rows are multiplied together, and the last ones alone. Each row and
 * token has one vector of sums, whose lanes are added in the same order everywhere, so a result
 * depends neither on the other rows nor on the other tokens.
 */
final class FloatKernel {
  /** Rows that are multiplied together. */
  static final int ROWS = 4;

  private static final Gpr WEIGHTS = Gpr.RDI;
  private static final Gpr SIZES = Gpr.RSI;
  private static final Gpr X = Gpr.RDX;
  private static final Gpr X_AT = Gpr.RCX;
  private static final Gpr Y = Gpr.R8;
  private static final Gpr X_STRIDE = Gpr.R9;
  private static final Gpr Y_STRIDE = Gpr.R12;
  private static final Gpr FOURS = Gpr.R13;
  private static final Gpr VECTORS = Gpr.R14;

  /** Columns after the last vector. */
  private static final Gpr TAIL = Gpr.R15;

  private static final Gpr ROW_BYTES = Gpr.RAX;
  private static final Gpr COUNT = Gpr.R10;

  /** The fourth row. */
  private static final Gpr WEIGHTS_3 = Gpr.RBX;

  /** The sixth row. */
  private static final Gpr WEIGHTS_5 = Gpr.RBP;

  private static final Gpr X_NOW = Gpr.RCX;

  /** Activations of the fourth token. */
  private static final Gpr X_3 = Gpr.RSI;

  private static final Gpr Y_NOW = Gpr.R11;

  private final Assembler a = new Assembler();
  private final TensorType type;
  private final boolean relative;
  private final int bits;
  private final int tokens;

  /**
   * @param type F32, F16 or BF16
   * @param relative whether yAt is an offset in the array; otherwise it is an address
   * @param tokens at most {@link #tokens(Tier)}
   */
  FloatKernel(Tier tier, TensorType type, boolean relative, int tokens) {
    this.bits = tier.bits;
    this.type = type;
    this.relative = relative;
    this.tokens = tokens;
  }

  /** Largest number of tokens of a function. */
  static int tokens(Tier tier) {
    return tokens(tier.bits);
  }

  private static int tokens(int bits) {
    return bits == 512 ? 6 : 3;
  }

  Assembler emit(Platform platform) {
    Frame.enter(a, platform);
    if (relative) {
      a.op(ADD, Y, X);
    }
    a.op(ADD, X, X_AT);
    a.op(PUSH, SIZES);
    arguments();
    Label four = new Label("four");
    Label rest = new Label("rest");
    Label one = new Label("one");
    Label end = new Label("end");
    a.op(TEST, FOURS, FOURS);
    a.jump(Condition.E, rest);
    a.bind(four);
    rows(ROWS);
    a.op(DEC, FOURS);
    a.jump(Condition.NE, four);
    a.bind(rest);
    a.op(POP, FOURS);
    a.op(SHR, FOURS, 32);
    a.op(AND, FOURS, ROWS - 1);
    a.jump(Condition.E, end);
    a.bind(one);
    rows(1);
    a.op(DEC, FOURS);
    a.jump(Condition.NE, one);
    a.bind(end);
    Frame.leave(a, platform);
    return a;
  }

  /** Splits the arguments. */
  private void arguments() {
    a.op(MOV, Y_STRIDE, X_STRIDE);
    a.op(SHR, Y_STRIDE, 32);
    a.op(MOV, X_STRIDE.dword(), X_STRIDE.dword());
    a.op(MOV, FOURS, SIZES);
    a.op(SHR, FOURS, 32 + Integer.numberOfTrailingZeros(ROWS));
    a.op(MOV, ROW_BYTES.dword(), SIZES.dword());
    a.op(MOV, VECTORS, ROW_BYTES);
    a.op(SHR, VECTORS, Integer.numberOfTrailingZeros(lanes()));
    a.op(MOV, TAIL, ROW_BYTES);
    a.op(AND, TAIL, lanes() - 1);
    for (int size = 1; size < type.blockBytes(); size *= 2) {
      a.op(ADD, ROW_BYTES, ROW_BYTES);
    }
  }

  /** Multiplies the next rows with all tokens. */
  private void rows(int n) {
    a.op(MOV, X_NOW, X);
    if (tokens > 3) {
      a.op(LEA, X_3, mem(X).index(X_STRIDE, 2));
      a.op(ADD, X_3, X_STRIDE);
    }
    if (n == ROWS) {
      a.op(LEA, WEIGHTS_3, mem(WEIGHTS).index(ROW_BYTES, 2));
      a.op(ADD, WEIGHTS_3, ROW_BYTES);
      a.op(LEA, WEIGHTS_5, mem(WEIGHTS_3).index(ROW_BYTES, 2));
    }
    for (int r = 0; r < n; r++) {
      for (int t = 0; t < tokens; t++) {
        a.op(VPXORD, sum(r, t), sum(r, t), sum(r, t));
      }
    }
    loop(VECTORS, () -> vectors(n), lanes());
    loop(TAIL, () -> scalars(n), 1);
    for (int t = 0; t < tokens; t++) {
      a.op(t == 0 ? MOV : ADD, Y_NOW, t == 0 ? Y : Y_STRIDE);
      store(n, t);
    }
    a.op(ADD, Y, n * Float.BYTES);
    if (n == ROWS) {
      a.op(MOV, WEIGHTS, WEIGHTS_3); // which is now behind the fourth row
    }
  }

  /** Repeats code that takes this number of columns, if the count is not 0. */
  private void loop(Gpr count, Runnable body, int columns) {
    Label begin = new Label("columns");
    Label end = new Label("end of columns");
    a.op(MOV, COUNT, count);
    a.op(TEST, COUNT, COUNT);
    a.jump(Condition.E, end);
    a.bind(begin);
    body.run();
    a.op(ADD, WEIGHTS, columns * type.blockBytes());
    a.op(ADD, WEIGHTS_3, columns * type.blockBytes());
    a.op(ADD, WEIGHTS_5, columns * type.blockBytes());
    a.op(ADD, X_NOW, columns * Float.BYTES);
    a.op(ADD, X_3, columns * Float.BYTES);
    a.op(DEC, COUNT);
    a.jump(Condition.NE, begin);
    a.bind(end);
  }

  private void vectors(int n) {
    for (int t = 0; t < tokens; t++) {
      a.op(VMOVUPS, x(t), activations(t));
    }
    for (int r = 0; r < n; r++) {
      switch (type) {
        case F16 -> a.op(VCVTPH2PS, weight(), weights(r));
        case BF16 -> {
          a.op(VPMOVZXWD, weight(), weights(r));
          a.op(VPSLLD, weight(), weight(), 16);
        }
        default -> a.op(VMOVUPS, weight(), weights(r));
      }
      add(r);
      if (n == ROWS) {
        a.op(PREFETCHT1, nextWeights(r));
      }
    }
  }

  /** Multiplies a single column in the lowest lane; the others add 0. */
  private void scalars(int n) {
    for (int t = 0; t < tokens; t++) {
      a.op(VMOVD, x(t).xmm(), activations(t));
    }
    Vec w = weight().xmm();
    for (int r = 0; r < n; r++) {
      if (type == TensorType.F32) {
        a.op(VMOVD, w, weights(r));
      } else {
        a.op(VPXORD, w, w, w);
        a.op(VPINSRW, w, w, weights(r), type == TensorType.BF16 ? 1 : 0);
      }
      if (type == TensorType.F16) {
        a.op(VCVTPH2PS, w, w);
      }
      add(r);
    }
  }

  private void add(int r) {
    for (int t = 0; t < tokens; t++) {
      a.op(VFMADD231PS, sum(r, t), weight(), x(t));
    }
  }

  /** Adds the lanes of the rows' sums and stores the results. */
  private void store(int n, int t) {
    Vec[] halves = new Vec[ROWS];
    for (int r = 0; r < n; r++) {
      halves[r] = half(r, t);
    }
    Vec result = halves[0];
    if (n == ROWS) {
      a.op(VHADDPS, result, result, halves[1]);
      a.op(VHADDPS, halves[2], halves[2], halves[3]);
      a.op(VHADDPS, result, result, halves[2]);
    } else {
      a.op(VHADDPS, result, result, result);
      a.op(VHADDPS, result, result, result);
    }
    Vec upper = weight().xmm();
    a.op(VEXTRACTI32X4, upper, result, 1);
    a.op(VADDPS, result.xmm(), result.xmm(), upper);
    a.op(n == ROWS ? VMOVUPS : VMOVD, mem(Y_NOW), result.xmm());
  }

  /** Sums in eight lanes. */
  private Vec half(int r, int t) {
    Vec sum = sum(r, t);
    if (bits == 256) {
      return sum;
    }
    Vec half = x(r).ymm();
    a.op(VEXTRACTI64X4, half, sum, 1);
    a.op(VADDPS, half, half, sum.ymm());
    return half;
  }

  private int lanes() {
    return bits / Float.SIZE;
  }

  private Mem activations(int t) {
    Mem at = mem(t < 3 ? X_NOW : X_3);
    return t % 3 == 0 ? at : at.index(X_STRIDE, t % 3);
  }

  private Mem weights(int r) {
    return r == 0 ? mem(WEIGHTS) : r == 3 ? mem(WEIGHTS_3) : mem(WEIGHTS).index(ROW_BYTES, r);
  }

  /** The same columns of the row four rows further. */
  private Mem nextWeights(int r) {
    return switch (r) {
      case 0 -> mem(WEIGHTS).index(ROW_BYTES, 4);
      case 1 -> mem(WEIGHTS_5);
      default -> mem(WEIGHTS_5).index(ROW_BYTES, r - 1);
    };
  }

  /** Activations of a token; these registers also take the sums of a row at the end. */
  private Vec x(int t) {
    return new Vec(t, bits);
  }

  private Vec weight() {
    return new Vec(tokens(bits), bits);
  }

  private Vec sum(int r, int t) {
    return new Vec(tokens(bits) + 1 + r * tokens + t, bits);
  }
}
