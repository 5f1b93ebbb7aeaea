package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.PREFETCHT0;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.system.Platform;
import dev.lamina.kernels.TensorType;

/**
 * Emits the conversion of elements of a KV cache to floats: {@code void f(elements, next, floats,
 * turns)}, 32 elements a turn; {@code next} is what the caller needs next, and is only prefetched.
 */
final class FloatTileKernel {
  /** Elements of a turn. */
  static final int TURN = 32;

  private static final int LINE = 64;

  private static final Gpr ELEMENTS = Gpr.RDI;
  private static final Gpr NEXT = Gpr.RSI;
  private static final Gpr FLOATS = Gpr.RDX;
  private static final Gpr TURNS = Gpr.RCX;

  private FloatTileKernel() {}

  static Assembler emit(Tier tier, TensorType type, Platform platform) {
    Assembler a = new Assembler();
    CacheElements elements = new CacheElements(a, type);
    int bytes = elements.offset(TURN);
    Frame.enter(a, platform);
    Label turn = new Label("turn");
    a.bind(turn);
    for (int at = 0; at < bytes; at += LINE) {
      a.op(PREFETCHT0, mem(NEXT).disp(at));
    }
    for (int i = 0; i < TURN; i += tier.lanes()) {
      Vec floats = new Vec(0, tier.bits);
      elements.load(floats, ELEMENTS, i, new Vec(1, tier.bits));
      a.op(VMOVUPS, mem(FLOATS).disp(Float.BYTES * i), floats);
    }
    a.op(ADD, ELEMENTS, bytes);
    a.op(ADD, NEXT, bytes);
    a.op(ADD, FLOATS, Float.BYTES * TURN);
    a.op(DEC, TURNS);
    a.jump(Condition.NE, turn);
    Frame.leave(a, platform);
    return a;
  }
}
