package dev.lamina.bench;

import dev.lamina.engine.placement.PlacementOptions;

/** One test with one choice of all parameters. */
public record BenchRun(PlacementOptions placement, BenchSettings settings, BenchTest test) {}
