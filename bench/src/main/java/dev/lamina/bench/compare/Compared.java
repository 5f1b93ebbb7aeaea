package dev.lamina.bench.compare;

import dev.lamina.bench.BenchPlace;

/** What comparisons of all kinds have. */
interface Compared {
  /** Where Lamina computed. */
  BenchPlace where();

  /** The build of llama.cpp. */
  String build();
}
