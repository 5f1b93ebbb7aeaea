package dev.lamina.bench.report;

import dev.lamina.bench.BenchResult;
import java.util.OptionalDouble;

/**
 * A result in a report.
 *
 * @param percent of the baseline's tokens per second; empty without a baseline
 */
public record BenchRow(BenchResult result, OptionalDouble percent) {}
