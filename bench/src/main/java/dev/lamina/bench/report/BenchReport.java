package dev.lamina.bench.report;

import dev.lamina.bench.BenchHost;
import dev.lamina.bench.BenchParameters;
import java.util.Optional;

/**
 * The facts that all rows of a report share.
 *
 * @param parameters decide which columns a table has
 * @param baseline file type that others are compared with
 */
public record BenchReport(BenchHost host, BenchParameters parameters, Optional<String> baseline) {
  /** Without a baseline. */
  public static BenchReport of(BenchHost host, BenchParameters parameters) {
    return new BenchReport(host, parameters, Optional.empty());
  }
}
