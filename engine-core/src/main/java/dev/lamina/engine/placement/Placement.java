package dev.lamina.engine.placement;

import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import java.util.List;

/**
 * Where each part of a model runs.
 *
 * @param targets the CPU, then the GPUs
 * @param embedding number of the target of the token embeddings
 * @param layers of each layer; what single tensors override is not in here
 * @param head of the output head
 * @param segments all operations, in the order in which they run
 */
public record Placement(
    List<Target> targets,
    int embedding,
    List<Integer> layers,
    int head,
    List<PlacedSegment> segments) {
  public Placement {
    targets = List.copyOf(targets);
    layers = List.copyOf(layers);
    segments = List.copyOf(segments);
  }

  /** Those of one target, in order. */
  public List<Segment> segmentsOf(int target) {
    return segments.stream()
        .filter(segment -> segment.target() == target)
        .map(PlacedSegment::segment)
        .toList();
  }

  /** What a target has to hold. */
  public MemoryPlan memory(int target, SessionConfig config) {
    List<Segment> mine = segmentsOf(target);
    return mine.isEmpty() ? MemoryPlan.NONE : targets.get(target).backend().plan(mine, config);
  }

  /** Layers on GPUs, and one more for the head. */
  public int gpuLayers() {
    return nLayersOn(-1) + (head > 0 ? 1 : 0);
  }

  /** Layers on a target; on all GPUs for -1. */
  public int nLayersOn(int target) {
    return (int) layers.stream().filter(layer -> target < 0 ? layer > 0 : layer == target).count();
  }

  /** Whether no GPU exceeds its budget. */
  public boolean fits(SessionConfig config) {
    for (int i = 1; i < targets.size(); i++) {
      if (memory(i, config).total() > targets.get(i).budget()) {
        return false;
      }
    }
    return true;
  }
}
