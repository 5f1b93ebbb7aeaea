package dev.lamina.cpu.machine;

import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.cpu.system.CpuFeatures;
import dev.lamina.cpu.system.CpuFeatures.Feature;
import dev.lamina.engine.backend.CpuKernels;

/** Instructions that matrix products are made of, best first. */
public enum Tier {
  /** Products of tiles, of 16 tokens; else the next. */
  AMX(CpuKernels.AMX, 512, 8),
  /** Dot products of four bytes in 32 registers of 512 bits. */
  AVX512(CpuKernels.AVX512, 512, 8),
  /** The same in 16 registers of 256 bits. */
  AVX_VNNI(CpuKernels.AVXVNNI, 256, 4),
  /** Sums of two products of bytes in 16 bits, of these in 32 bits. */
  AVX2(CpuKernels.AVX2, 256, 4);

  final CpuKernels kernels;

  final int bits;

  /** Tokens that vectors multiply at once at most. */
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

  /** How the activations of several tokens lie. */
  Input input() {
    return this == AMX ? new Input(Input.TILE, false) : new Input(tokens, true);
  }

  /** That of kernels without tiles. */
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

  /** The dot product of bytes: AVX-512 has another encoding, of registers of all lengths. */
  VecOp dot(CpuFeatures cpu) {
    return this == AVX_VNNI && cpu.has(Feature.AVX_VNNI) ? VecOp.VPDPBUSD_VEX : VecOp.VPDPBUSD;
  }
}
