package dev.lamina.engine.backend;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which instructions the CPU multiplies repacked weights with. */
public enum CpuKernels {
  /** The best that the processor has. */
  AUTO("the best"),
  /** Machine code: tiles for many tokens, else as the next. */
  AMX("machine code, AMX and AVX-512 VNNI"),
  /** Machine code: AVX-512 with dot products of bytes (VNNI). */
  AVX512("machine code, AVX-512 VNNI"),
  /** Machine code: 256 bits with dot products of bytes. */
  AVXVNNI("machine code, AVX-VNNI"),
  /** Machine code: AVX2. */
  AVX2("machine code, AVX2"),
  /** Java's Vector API, on every processor. */
  VECTOR("Vector API");

  private final String title;

  CpuKernels(String title) {
    this.title = title;
  }

  /** What it is, in a few words. */
  public String title() {
    return title;
  }

  /** What the user calls it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Those that the user calls so.
   *
   * @throws IllegalArgumentException if there are none; the message names those that there are
   */
  public static CpuKernels parse(String label) {
    return Arrays.stream(values())
        .filter(kernels -> kernels.label().equalsIgnoreCase(label.strip()))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there are no kernels '%s'; there are %s".formatted(label, labels())));
  }

  private static String labels() {
    return Arrays.stream(values()).map(CpuKernels::label).collect(Collectors.joining(", "));
  }
}
