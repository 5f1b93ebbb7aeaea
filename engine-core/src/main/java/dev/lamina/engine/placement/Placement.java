package dev.lamina.engine.placement;

import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import java.util.List;

/**
 * The target of each part of a model.
 *
 * @param targets the CPU, then the GPUs
 * @param embedding index of the target of the token embeddings
 * @param layers index of the target of each layer, without the overrides of single tensors
 * @param head index of the target of the output head
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

  /** The segments of a target, in order. */
  public List<Segment> segmentsOf(int target) {
    return segments.stream()
        .filter(segment -> segment.target() == target)
        .map(PlacedSegment::segment)
        .toList();
  }

  /** The memory that a target needs. */
  public MemoryPlan memory(int target, RuntimeConfig config) {
    List<Segment> mine = segmentsOf(target);
    return mine.isEmpty() ? MemoryPlan.NONE : targets.get(target).backend().plan(mine, config);
  }

  /** Number of layers on GPUs, plus one if the head is there. */
  public int gpuLayers() {
    return nLayersOn(-1) + (head > 0 ? 1 : 0);
  }

  /** Number of layers on a target, or on all GPUs for -1. */
  public int nLayersOn(int target) {
    return (int) layers.stream().filter(layer -> target < 0 ? layer > 0 : layer == target).count();
  }

  /** Whether no GPU exceeds its budget. */
  public boolean fits(RuntimeConfig config) {
    for (int i = 1; i < targets.size(); i++) {
      if (memory(i, config).total() > targets.get(i).budget()) {
        return false;
      }
    }
    return true;
  }
}
