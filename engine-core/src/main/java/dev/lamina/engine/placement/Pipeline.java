package dev.lamina.engine.placement;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.BufferPlan;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A loaded placement: a stack on each device with segments, and the buffers that pass between them.
 */
public final class Pipeline implements AutoCloseable {
  private final Placement placement;
  private final LayerStack[] stacks;
  private final Stage[] stages;
  private final ProductObserver observer;

  /**
   * Loads all stacks.
   *
   * @param logits takes the logits of a pass, [maxLogits, nVocab]
   * @param observer null for none
   * @throws DeviceFailure if a device cannot load its stack; nothing is left loaded then
   */
  Pipeline(
      Placement placement,
      RuntimeConfig config,
      Rows logitsOf,
      float[] logits,
      ProductObserver observer) {
    this.placement = placement;
    this.observer = observer;
    this.stacks = new LayerStack[placement.targets().size()];
    for (int i = 0; i < stacks.length; i++) {
      List<Segment> segments = placement.segmentsOf(i);
      try {
        stacks[i] =
            segments.isEmpty() ? null : placement.targets().get(i).backend().load(segments, config);
      } catch (BackendException e) {
        close();
        throw new DeviceFailure(i, e);
      }
    }
    List<Segment> segments = placement.segments().stream().map(PlacedSegment::segment).toList();
    BufferPlan plan = BufferPlan.between(segments, logitsOf, config);
    float[][] buffers = new float[plan.size()][];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = new float[Math.toIntExact(plan.floats(i))];
    }
    Function<Rows, float[]> arrays =
        value -> value == logitsOf ? logits : buffers[plan.indexOf(value)];
    this.stages =
        placement.segments().stream()
            .map(segment -> new Stage(segment, arrays))
            .toArray(Stage[]::new);
  }

  public Placement placement() {
    return placement;
  }

  /**
   * Runs a batch through all layers; afterwards {@code logits} has the wanted rows.
   *
   * @throws DeviceFailure if a device fails; what its caches hold is undefined then
   */
  public void forward(Batch batch) {
    for (Stage stage : stages) {
      if (!stage.segment.segment().runs(batch)) {
        continue;
      }
      if (observer != null) {
        stage.show(observer, batch);
      }
      int target = stage.segment.target();
      try {
        stacks[target].forward(stage.segment.index(), batch, stage.in, stage.out);
      } catch (BackendException e) {
        throw new DeviceFailure(target, e);
      }
    }
  }

  /**
   * Copies a page of what a group keeps to another one.
   *
   * @throws DeviceFailure if a device fails; what its caches hold is undefined then
   */
  public void copyPage(Group group, int from, int to) {
    onStacks(stack -> stack.copyPage(group, from, to));
  }

  /** Bytes of a page of what a group keeps, on all devices. */
  public long pageBytes(Group group) {
    long bytes = 0;
    for (LayerStack stack : stacks) {
      bytes += stack == null ? 0 : stack.pageBytes(group);
    }
    return bytes;
  }

  /** Names the layout of the bytes of all pages: that of each device, with its layers. */
  public String pageLayout() {
    StringJoiner layouts = new StringJoiner("; ");
    for (LayerStack stack : stacks) {
      if (stack != null) {
        layouts.add(stack.pageLayout());
      }
    }
    return layouts.toString();
  }

  /**
   * Reads a page of what a group keeps.
   *
   * @param to takes {@link #pageBytes} from its start on
   * @throws DeviceFailure if a device fails
   */
  public void readPage(Group group, int page, MemorySegment to) {
    onPages(group, to, (stack, part) -> stack.readPage(group, page, part));
  }

  /**
   * Replaces a page by what {@link #readPage} gave of a pipeline of the same {@link #pageLayout}.
   *
   * @throws DeviceFailure if a device fails; what its caches hold is undefined then
   */
  public void writePage(Group group, int page, MemorySegment from) {
    onPages(group, from, (stack, part) -> stack.writePage(group, page, part));
  }

  /** Does something with each stack and its part of a page's bytes. */
  private void onPages(
      Group group, MemorySegment bytes, BiConsumer<LayerStack, MemorySegment> work) {
    long[] at = new long[1];
    onStacks(stack -> {
      long n = stack.pageBytes(group);
      work.accept(stack, bytes.asSlice(at[0], n));
      at[0] += n;
    });
  }

  private void onStacks(Consumer<LayerStack> work) {
    for (int i = 0; i < stacks.length; i++) {
      try {
        if (stacks[i] != null) {
          work.accept(stacks[i]);
        }
      } catch (BackendException e) {
        throw new DeviceFailure(i, e);
      }
    }
  }

  @Override
  public void close() {
    for (LayerStack stack : stacks) {
      if (stack != null) {
        stack.close();
      }
    }
  }

  /** A segment with the arrays of its inputs and outputs. */
  private static final class Stage {
    final PlacedSegment segment;
    final float[][] in;
    final float[][] out;

    Stage(PlacedSegment placed, Function<Rows, float[]> arrays) {
      this.segment = placed;
      this.in = placed.segment().inputs().stream().map(arrays).toArray(float[][]::new);
      this.out = placed.segment().outputs().stream().map(arrays).toArray(float[][]::new);
    }

    /** Shows the inputs of the segment's products, all of which are inputs of the segment. */
    void show(ProductObserver observer, Batch batch) {
      List<Rows> inputs = segment.segment().inputs();
      for (Op op : segment.segment().ops()) {
        int rows = batch.rows(op.out().set());
        if (op instanceof Op.MatMul product && rows > 0) {
          observer.input(product.weight(), in[inputs.indexOf(product.in())], rows);
        }
      }
    }
  }
}
