package dev.lamina.gpu;

import java.util.ArrayDeque;
import java.util.Deque;

/** A set of resources with one owner, closed in reverse order of creation. */
final class GpuResources implements GpuResource {
  private final Deque<GpuResource> resources = new ArrayDeque<>();

  <T extends GpuResource> T add(T resource) {
    resources.push(resource);
    return resource;
  }

  @Override
  public void close() {
    while (!resources.isEmpty()) {
      resources.pop().close();
    }
  }
}
