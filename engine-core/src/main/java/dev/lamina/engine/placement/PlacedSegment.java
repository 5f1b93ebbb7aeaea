package dev.lamina.engine.placement;

import dev.lamina.engine.backend.Segment;

/**
 * A segment and the target that runs it.
 *
 * @param target index of the target
 * @param index of the segment among those of its target
 */
public record PlacedSegment(int target, int index, Segment segment) {}
