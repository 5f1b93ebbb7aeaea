package dev.lamina.engine.placement;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
      SessionConfig config,
      Activation logitsOf,
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
    Map<Activation, float[]> arrays = new HashMap<>();
    arrays.put(logitsOf, logits);
    this.stages =
        placement.segments().stream()
            .map(segment -> new Stage(segment, arrays, config.batchSize()))
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
      if (stage.segment.segment().headOnly() && batch.nLogits() == 0) {
        continue;
      }
      stage.moveToFront(batch.firstLogit(), batch.nLogits());
      if (observer != null) {
        stage.show(observer, stage.segment.segment().headOnly() ? batch.nLogits() : batch.size());
      }
      int target = stage.segment.target();
      try {
        stacks[target].forward(stage.segment.index(), batch, stage.in, stage.out);
      } catch (BackendException e) {
        throw new DeviceFailure(target, e);
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
    final float[][] toFront;
    final int[] widths;

    Stage(PlacedSegment placed, Map<Activation, float[]> arrays, int batchSize) {
      this.segment = placed;
      this.in = arrays(placed.segment().inputs(), arrays, batchSize);
      this.out = arrays(placed.segment().outputs(), arrays, batchSize);
      this.toFront = arrays(placed.toFront(), arrays, batchSize);
      this.widths = placed.toFront().stream().mapToInt(Activation::width).toArray();
    }

    void moveToFront(int firstRow, int rows) {
      for (int i = 0; i < toFront.length; i++) {
        System.arraycopy(toFront[i], firstRow * widths[i], toFront[i], 0, rows * widths[i]);
      }
    }

    /** Shows the inputs of the segment's products, all of which are inputs of the segment. */
    void show(ProductObserver observer, int rows) {
      List<Activation> inputs = segment.segment().inputs();
      for (Op op : segment.segment().ops()) {
        if (op instanceof Op.MatMul product) {
          observer.input(product.weight(), in[inputs.indexOf(product.in())], rows);
        }
      }
    }

    private static float[][] arrays(
        List<Activation> activations, Map<Activation, float[]> arrays, int batchSize) {
      return activations.stream()
          .map(activation ->
              arrays.computeIfAbsent(
                  activation, a -> new float[Math.multiplyExact(batchSize, a.width())]))
          .toArray(float[][]::new);
    }
  }
}
