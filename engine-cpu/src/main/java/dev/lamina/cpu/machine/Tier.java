package dev.lamina.cpu.machine;

import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.cpu.system.CpuFeatures;
import dev.lamina.cpu.system.CpuFeatures.Feature;
import dev.lamina.engine.backend.CpuKernels;

/** Instruction sets for matrix products, the best first. */
public enum Tier {
  /** Products of tiles for 16 tokens; otherwise {@link #AVX512}. */
  AMX(CpuKernels.AMX, 512, 8),
  /** Dot products of four bytes in 32 registers of 512 bits. */
  AVX512(CpuKernels.AVX512, 512, 8),
  /** The same in 16 registers of 256 bits. */
  AVX_VNNI(CpuKernels.AVXVNNI, 256, 4),
  /** Products of bytes: sums of two in 16 bits, and sums of those in 32 bits. */
  AVX2(CpuKernels.AVX2, 256, 4);

  final CpuKernels kernels;

  final int bits;

  /** Largest number of tokens that vectors multiply at once. */
  final int tokens;

  Tier(CpuKernels kernels, int bits, int tokens) {
    this.kernels = kernels;
    this.bits = bits;
    this.tokens = tokens;
  }

  /** Rows that a register holds. */
  int lanes() {
    return bits / 32;
  }

  /** The layout of the activations of several tokens. */
  Input input() {
    return this == AMX ? new Input(Input.TILE, false) : new Input(tokens, true);
  }

  /** The tier of kernels without tiles. */
  Tier vectors() {
    return this == AMX ? AVX512 : this;
  }

  public boolean runsOn(CpuFeatures cpu) {
    return switch (this) {
      case AMX -> cpu.has(Feature.AMX_INT8) && AVX512.runsOn(cpu);
      case AVX512 -> cpu.has(Feature.AVX512, Feature.AVX512_VNNI);
      case AVX_VNNI -> cpu.has(Feature.AVX_VNNI) || AVX512.runsOn(cpu);
      case AVX2 -> cpu.has(Feature.AVX2);
    };
  }

  /** The dot product of bytes: AVX-512 has another encoding, for registers of all lengths. */
  VecOp dot(CpuFeatures cpu) {
    return this == AVX_VNNI && cpu.has(Feature.AVX_VNNI) ? VecOp.VPDPBUSD_VEX : VecOp.VPDPBUSD;
  }
}
