package dev.lamina.gpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.memory.Group;
import java.util.List;

/** Segments on a device, with all their device memory. */
final class GpuLayerStack implements LayerStack {
  private final GpuResources resources = new GpuResources();
  private final GpuApi api;
  private final GpuSegment[] segments;
  private final List<GpuPages> pages;

  GpuLayerStack(GpuApi api, List<Segment> segments, SessionConfig config) {
    this.api = api;
    try (GpuWeights weights = new GpuWeights(api, resources)) {
      GpuActivations activations = new GpuActivations(api, resources, segments, config);
      GpuInputs inputs = new GpuInputs(api, resources, segments, config);
      GpuAttention attention = new GpuAttention(api, resources, segments, config);
      GpuSteps compiler =
          new GpuSteps(api, resources, config, weights, inputs, attention, activations);
      this.segments =
          segments.stream()
              .map(segment ->
                  new GpuSegment(api, resources, segment, config, compiler, activations, inputs))
              .toArray(GpuSegment[]::new);
      this.pages = compiler.pages();
      weights.finish();
    } catch (RuntimeException | Error e) {
      resources.close();
      throw e;
    }
  }

  @Override
  public void forward(int segment, Batch batch, float[][] in, float[][] out) {
    segments[segment].run(batch, in, out);
  }

  @Override
  public void copyPage(Group group, int from, int to) {
    for (GpuPages kept : pages) {
      if (kept.group().equals(group)) {
        kept.copy(api, from, to);
      }
    }
    api.finish();
  }

  @Override
  public void close() {
    resources.close();
  }
}
