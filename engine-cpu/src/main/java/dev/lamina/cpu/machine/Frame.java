package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.POP;
import static dev.lamina.cpu.assembler.GprOp.PUSH;
import static dev.lamina.cpu.assembler.GprOp.SUB;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.GprOp;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.system.Platform;
import java.util.List;

/**
 * Emits the begin and the end of a function, so that its body is the same on all systems. Up to six
 * integers or addresses arrive in rdi, rsi, rdx, rcx, r8 and r9, the result is returned in rax, and
 * the body may use all registers but rsp. Needs AVX.
 *
 * <p>Sources: System V ABI for AMD64, 3.2; Microsoft, x64 calling convention.
 */
public final class Frame {
  private static final List<Gpr> SAVED =
      List.of(Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15);

  /** Registers that Windows also requires a function to preserve, besides xmm6 to xmm15. */
  private static final List<Gpr> SAVED_TOO = List.of(Gpr.RDI, Gpr.RSI);

  private static final int FIRST_VECTOR = 6;
  private static final int VECTORS = 10;

  /** Distance from rsp to the fifth argument on Windows, after all registers are saved. */
  private static final int FIFTH = 16 * VECTORS + 8 * (6 + 2) + 8 + 32;

  private Frame() {}

  public static void enter(Assembler a, Platform platform) {
    SAVED.forEach(register -> a.op(PUSH, register));
    if (platform.windows()) {
      SAVED_TOO.forEach(register -> a.op(PUSH, register));
      a.op(SUB, Gpr.RSP, 16 * VECTORS);
      for (int i = 0; i < VECTORS; i++) {
        a.op(VMOVUPS, mem(Gpr.RSP).disp(16 * i), Vec.xmm(FIRST_VECTOR + i));
      }
      a.op(MOV, Gpr.RDI, Gpr.RCX);
      a.op(MOV, Gpr.RSI, Gpr.RDX);
      a.op(MOV, Gpr.RDX, Gpr.R8);
      a.op(MOV, Gpr.RCX, Gpr.R9);
      a.op(MOV, Gpr.R8, mem(Gpr.RSP).disp(FIFTH));
      a.op(MOV, Gpr.R9, mem(Gpr.RSP).disp(FIFTH + 8));
    }
  }

  /** Returns to the caller. */
  public static void leave(Assembler a, Platform platform) {
    a.op(GprOp.VZEROUPPER);
    if (platform.windows()) {
      for (int i = 0; i < VECTORS; i++) {
        a.op(VMOVUPS, Vec.xmm(FIRST_VECTOR + i), mem(Gpr.RSP).disp(16 * i));
      }
      a.op(ADD, Gpr.RSP, 16 * VECTORS);
      SAVED_TOO.reversed().forEach(register -> a.op(POP, register));
    }
    SAVED.reversed().forEach(register -> a.op(POP, register));
    a.op(GprOp.RET);
  }
}
