package dev.lamina.gpu;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.device.AttentionKernels;
import java.util.List;

/** A backend for one device of either API. */
public final class GpuBackend implements Backend {
  private final GpuApi api;
  private final long overhead;

  /**
   * @param api closed with this
   * @param overhead bytes that the API takes on the device for programs and recordings
   */
  public GpuBackend(GpuApi api, long overhead) {
    this.api = api;
    this.overhead = overhead;
  }

  @Override
  public boolean supports(TensorType type) {
    return type.holdsWeights();
  }

  @Override
  public boolean supportsCache(RuntimeConfig config) {
    return AttentionKernels.supports(config.keyType())
        && AttentionKernels.supports(config.valueType());
  }

  @Override
  public MemoryPlan plan(List<Segment> segments, RuntimeConfig config) {
    long cache =
        segments.stream()
            .flatMap(segment -> segment.ops().stream())
            .mapToLong(op ->
                switch (op) {
                  case Op.Attention attention -> GpuKvCache.bytes(attention, config);
                  case Op.DecayingSum sum -> GpuSteps.stateBytes(sum, config);
                  default -> 0;
                })
            .reduce(0, Math::addExact);
    long scratch =
        GpuActivations.bytes(segments, config)
            + GpuInputs.bytes(segments, config)
            + GpuAttention.bytes(segments, config);
    return new MemoryPlan(GpuWeights.bytes(segments), cache, scratch, overhead);
  }

  @Override
  public LayerStack load(List<Segment> segments, RuntimeConfig config) {
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        if (op instanceof Op.Attention a && a.headDim() > AttentionKernels.MAX_HEAD_DIM) {
          throw new BackendException(
              api.device()
                  + " takes heads of up to "
                  + AttentionKernels.MAX_HEAD_DIM
                  + " elements, and the model's have "
                  + a.headDim());
        }
      }
    }
    return new GpuLayerStack(api, segments, config);
  }

  @Override
  public void close() {
    api.close();
  }
}
