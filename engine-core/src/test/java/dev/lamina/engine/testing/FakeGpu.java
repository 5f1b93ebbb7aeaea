package dev.lamina.engine.testing;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.placement.Target;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A fake GPU on top of another backend, with little memory and failures on demand. */
public final class FakeGpu implements Backend {
  private final Backend backend;
  private final String id;
  private final long memory;
  private long forwardsLeft = Long.MAX_VALUE;
  private int loads;
  private boolean readsCaches = true;

  /**
   * @param memory bytes; a stack with more weights does not load
   */
  public FakeGpu(Backend backend, int index, long memory) {
    this.backend = backend;
    this.id = "fake:" + index;
    this.memory = memory;
  }

  /** A target of this GPU, with a budget that may exceed its memory. */
  public Target target(long budget) {
    Device device =
        new Device(
            "fake", id.charAt(5) - '0', Device.Kind.GPU, "", "", "", memory, memory, List.of(), "");
    return new Target(device, this, budget);
  }

  /** Fails after this number of passes of segments and of pages copied, read or written. */
  public void failAfter(long forwards) {
    forwardsLeft = forwards;
  }

  /** Refuses every KV cache type from now on. */
  public void refuseCaches() {
    readsCaches = false;
  }

  public int loads() {
    return loads;
  }

  @Override
  public boolean supports(TensorType type) {
    return backend.supports(type);
  }

  @Override
  public boolean supportsCache(RuntimeConfig config) {
    return readsCaches;
  }

  @Override
  public MemoryPlan plan(List<Segment> segments, RuntimeConfig config) {
    MemoryPlan plan = backend.plan(segments, config);
    long weights =
        segments.stream()
            .flatMap(segment -> segment.ops().stream())
            .flatMap(op -> op.weights().stream())
            .distinct()
            .mapToLong(weight -> weight.byteSize())
            .sum();
    return new MemoryPlan(weights, plan.kvCache(), plan.scratch(), 0);
  }

  @Override
  public LayerStack load(List<Segment> segments, RuntimeConfig config) {
    loads++;
    long needed = plan(segments, config).total();
    if (needed > memory) {
      throw new BackendException(id + ": out of memory");
    }
    LayerStack stack = backend.load(segments, config);
    return new LayerStack() {
      @Override
      public void forward(int segment, Batch batch, float[][] in, float[][] out) {
        work();
        stack.forward(segment, batch, in, out);
      }

      @Override
      public void copyPage(Group group, int from, int to) {
        work();
        stack.copyPage(group, from, to);
      }

      @Override
      public long pageBytes(Group group) {
        return stack.pageBytes(group);
      }

      @Override
      public String pageLayout() {
        return stack.pageLayout();
      }

      @Override
      public void readPage(Group group, int page, MemorySegment to) {
        work();
        stack.readPage(group, page, to);
      }

      @Override
      public void writePage(Group group, int page, MemorySegment from) {
        work();
        stack.writePage(group, page, from);
      }

      @Override
      public void close() {
        stack.close();
      }
    };
  }

  private void work() {
    if (forwardsLeft-- <= 0) {
      throw new BackendException(id + ": it was pulled out");
    }
  }

  @Override
  public void close() {}
}
