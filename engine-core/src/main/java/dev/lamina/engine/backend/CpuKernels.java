package dev.lamina.engine.backend;

import java.util.Locale;

/** Which instructions the CPU multiplies repacked weights with. */
public enum CpuKernels {
  /** The best that the processor has. */
  AUTO,
  /** Machine code: AVX-512 with dot products of bytes (VNNI). */
  AVX512,
  /** Machine code: 256 bits with dot products of bytes. */
  AVXVNNI,
  /** Machine code: AVX2. */
  AVX2,
  /** Java's Vector API, on every processor. */
  VECTOR;

  /** What the user calls it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
