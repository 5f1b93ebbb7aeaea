package dev.lamina.engine.placement;

import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Activation;
import java.util.List;

/**
 * A segment and the target that runs it.
 *
 * @param target index of the target
 * @param index of the segment among those of its target
 * @param toFront inputs of a head alone that still have the rows of the whole batch
 */
public record PlacedSegment(int target, int index, Segment segment, List<Activation> toFront) {
  public PlacedSegment {
    toFront = List.copyOf(toFront);
  }
}
