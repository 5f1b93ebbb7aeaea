package dev.lamina.bench;

import dev.lamina.engine.placement.PlacementOptions;

/** One test with one choice of all parameters. */
public record BenchRun(PlacementOptions placement, BenchSettings settings, BenchTest test) {
  /** Whether both can be computed with the model as it is loaded for one. */
  public boolean sharesModel(BenchRun other) {
    return placement.equals(other.placement) && settings.computesAs(other.settings);
  }
}
