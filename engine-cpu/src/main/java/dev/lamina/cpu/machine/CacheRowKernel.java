package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.LEA;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VADDPS;
import static dev.lamina.cpu.assembler.VecOp.VCVTPS2PH;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VPEXTRW;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.system.Platform;
import dev.lamina.kernels.TensorType;

/** Emits loops over one row, eight floats at a time. Needs AVX2. */
final class CacheRowKernel {
  /** Floats of a turn. */
  static final int EIGHT = 8;

  private static final Gpr TO = Gpr.RDI;
  private static final Gpr TURNS = Gpr.RSI;
  private static final Gpr ARRAY = Gpr.RDX;
  private static final Gpr PLACE = Gpr.RCX;

  /** Bytes between parts. */
  private static final Gpr STRIDE = Gpr.R8;

  private static final Gpr WORD = Gpr.RAX.dword();
  private static final Gpr PART = Gpr.R10;
  private static final Gpr PARTS = Gpr.R11;
  private static final Vec X = Vec.ymm(0);

  private final Assembler a = new Assembler();
  private final Platform platform;

  CacheRowKernel(Platform platform) {
    this.platform = platform;
  }

  /** Whether there are functions that store a type. */
  static boolean stores(TensorType type) {
    return type == TensorType.F16 || type == TensorType.F32;
  }

  /**
   * Emits the function that stores a key in a tile: {@code void f(to, turns, array, place)}, with
   * {@code to} in the first line of the tile and place in bytes.
   */
  Assembler storeKey(TensorType type) {
    Label turn = begin();
    int line = KeyTiles.POSITIONS * type.blockBytes();
    if (type == TensorType.F16) {
      a.op(VMOVUPS, X, mem(ARRAY));
      a.op(VCVTPS2PH, X.xmm(), X, 0);
    }
    for (int i = 0; i < EIGHT; i++) {
      if (type == TensorType.F16) {
        a.op(VPEXTRW, mem(TO).disp(i * line), X.xmm(), i);
      } else {
        a.op(MOV, WORD, mem(ARRAY).disp(Float.BYTES * i));
        a.op(MOV, mem(TO).disp(i * line), WORD);
      }
    }
    a.op(ADD, TO, EIGHT * line);
    return end(turn);
  }

  /** Emits the function that stores one run of a value: {@code void f(to, turns, array, place)}. */
  Assembler storeValue(TensorType type) {
    Label turn = begin();
    a.op(VMOVUPS, X, mem(ARRAY));
    if (type == TensorType.F16) {
      a.op(VCVTPS2PH, mem(TO), X, 0);
    } else {
      a.op(VMOVUPS, mem(TO), X);
    }
    a.op(ADD, TO, EIGHT * type.blockBytes());
    return end(turn);
  }

  /**
   * Emits the function that adds the parts of a row to the first one: {@code void f(parts, turns,
   * array, place, stride)}, place and stride in bytes, at least two parts.
   */
  Assembler addUp() {
    Label turn = begin();
    a.op(VMOVUPS, X, mem(ARRAY));
    a.op(MOV, PART, ARRAY);
    a.op(LEA, PARTS, mem(TO).disp(-1));
    Label part = new Label("part");
    a.bind(part);
    a.op(ADD, PART, STRIDE);
    a.op(VADDPS, X, X, mem(PART));
    a.op(DEC, PARTS);
    a.jump(Condition.NE, part);
    a.op(VMOVUPS, mem(ARRAY), X);
    return end(turn);
  }

  private Label begin() {
    Frame.enter(a, platform);
    a.op(ADD, ARRAY, PLACE);
    Label turn = new Label("turn");
    a.bind(turn);
    return turn;
  }

  private Assembler end(Label turn) {
    a.op(ADD, ARRAY, Float.BYTES * EIGHT);
    a.op(DEC, TURNS);
    a.jump(Condition.NE, turn);
    Frame.leave(a, platform);
    return a;
  }
}
