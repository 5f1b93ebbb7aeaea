package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.VecOp.VBROADCASTSS;
import static dev.lamina.cpu.assembler.VecOp.VCVTDQ2PS;
import static dev.lamina.cpu.assembler.VecOp.VCVTPH2PS;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;
import static dev.lamina.cpu.assembler.VecOp.VPBROADCASTW;
import static dev.lamina.cpu.assembler.VecOp.VPMOVSXBD;
import static dev.lamina.cpu.assembler.VecOp.VPMOVZXWD;
import static dev.lamina.cpu.assembler.VecOp.VPSLLD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.Q8_0;

/** Emits loads of elements of a KV cache as floats. All conversions are exact. */
final class CacheElements {
  private static final int BLOCK = Q8_0.BLOCK_SIZE;

  private final Assembler a;
  private final TensorType type;

  /**
   * @param type one that {@link #reads}
   */
  CacheElements(Assembler a, TensorType type) {
    this.a = a;
    this.type = type;
  }

  /** Whether there is code for a type. */
  static boolean reads(TensorType type) {
    return switch (type) {
      case F32, F16, BF16, Q8_0 -> true;
      default -> false;
    };
  }

  /** Byte offset of the block that holds an element, or of the element if it is no block's. */
  int offset(int element) {
    return element / type.blockSize() * type.blockBytes();
  }

  /**
   * Loads elements of a run.
   *
   * @param run its address
   * @param element the first one, a multiple of the number of lanes
   * @param scale keeps the scale of a block from its first element to its last one
   */
  void load(Vec to, Gpr run, int element, Vec scale) {
    Mem at = Mem.mem(run).disp(offset(element));
    switch (type) {
      case F32 -> a.op(VMOVUPS, to, at);
      case F16 -> a.op(VCVTPH2PS, to, at);
      case BF16 -> {
        a.op(VPMOVZXWD, to, at);
        a.op(VPSLLD, to, to, 16);
      }
      case Q8_0 -> {
        if (element % BLOCK == 0) {
          a.op(VPBROADCASTW, scale.xmm(), at.disp(Q8_0.D));
          a.op(VCVTPH2PS, scale.xmm(), scale.xmm());
          a.op(VBROADCASTSS, scale, scale.xmm());
        }
        codes(to, at.disp(Q8_0.QS + element % BLOCK));
        a.op(VMULPS, to, to, scale);
      }
      default -> throw new IllegalArgumentException("no machine code for a cache of " + type);
    }
  }

  /** Loads signed bytes. */
  void codes(Vec to, Mem at) {
    a.op(VPMOVSXBD, to, at);
    a.op(VCVTDQ2PS, to, to);
  }
}
