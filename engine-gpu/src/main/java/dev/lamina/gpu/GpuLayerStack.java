package dev.lamina.gpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.PageLayout;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;

/** Segments on a device, with all their device memory. */
final class GpuLayerStack implements LayerStack {
  private final GpuResources resources = new GpuResources();
  private final GpuApi api;
  private final GpuSegment[] segments;
  private final List<GpuPages> pages;
  private final String pageLayout;

  GpuLayerStack(GpuApi api, List<Segment> segments, RuntimeConfig config) {
    this.api = api;
    this.pageLayout = PageLayout.of("rows", segments, config);
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
    pagesOf(group).forEach(kept -> kept.copy(api, from, to));
    api.finish();
  }

  @Override
  public long pageBytes(Group group) {
    return pagesOf(group).mapToLong(GpuPages::pageBytes).sum();
  }

  private Stream<GpuPages> pagesOf(Group group) {
    return pages.stream().filter(kept -> kept.group().equals(group));
  }

  @Override
  public String pageLayout() {
    return pageLayout;
  }

  @Override
  public void readPage(Group group, int page, MemorySegment to) {
    try (HostBuffer staging = staging()) {
      long at = 0;
      for (GpuPages kept : pagesOf(group).toList()) {
        kept.read(api, staging, page, to.asSlice(at));
        at += kept.pageBytes();
      }
    }
  }

  @Override
  public void writePage(Group group, int page, MemorySegment from) {
    try (HostBuffer staging = staging()) {
      long at = 0;
      for (GpuPages kept : pagesOf(group).toList()) {
        kept.write(api, staging, page, from.asSlice(at));
        at += kept.pageBytes();
      }
    }
  }

  /** Memory for the largest transfer of a page. */
  private HostBuffer staging() {
    long most = pages.stream().mapToLong(GpuPages::pageBytes).max().orElse(1);
    return api.allocateHost("staging memory", Math.min(most, api.hostBytes()));
  }

  @Override
  public void close() {
    resources.close();
  }
}
