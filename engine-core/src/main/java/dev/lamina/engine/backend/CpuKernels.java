package dev.lamina.engine.backend;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The CPU kernels that multiply repacked weights, by their instructions. */
public enum CpuKernels {
  /** The best kernels that the processor can run. */
  AUTO("the best"),
  /** Machine code: tiles for many tokens, otherwise {@link #AVX512}. */
  AMX("machine code, AMX and AVX-512 VNNI"),
  /** Machine code: AVX-512 with dot products of bytes (VNNI). */
  AVX512("machine code, AVX-512 VNNI"),
  /** Machine code: 256-bit vectors with dot products of bytes. */
  AVXVNNI("machine code, AVX-VNNI"),
  /** Machine code: AVX2. */
  AVX2("machine code, AVX2"),
  /** Java's Vector API, which runs on every processor. */
  VECTOR("Vector API");

  private final String title;

  CpuKernels(String title) {
    this.title = title;
  }

  /** A description in a few words. */
  public String title() {
    return title;
  }

  /** The name that users give. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Finds the kernels by the name that a user gives.
   *
   * @throws IllegalArgumentException if no kernels have this name; the message lists all names
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
