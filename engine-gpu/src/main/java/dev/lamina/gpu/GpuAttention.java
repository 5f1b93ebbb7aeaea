package dev.lamina.gpu;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.device.AttentionKernels;
import java.util.List;

/**
 * Divides attention into work groups. Few rows would give few groups, so their positions are split
 * among several groups, which write partial sums to memory that all layers share.
 */
final class GpuAttention {
  private static final int MAX_SPLIT_ROWS = 4;
  private static final int MAX_SPLITS = 16;
  private static final int SPLIT_POSITIONS = 512;

  private final int nSplits;
  private final GpuBuffer partials;

  GpuAttention(GpuApi api, GpuResources resources, List<Segment> segments, RuntimeConfig config) {
    this.nSplits = nSplits(config);
    this.partials = resources.add(api.allocate("attention", bytes(segments, config)));
  }

  static long bytes(List<Segment> segments, RuntimeConfig config) {
    int rows = Math.min(MAX_SPLIT_ROWS, config.batchSize());
    long perSplit =
        segments.stream()
            .flatMap(segment -> segment.ops().stream())
            .mapToLong(op -> op instanceof Op.Attention a ? a.nHeads() * (a.headDim() + 2) : 0)
            .max()
            .orElse(0);
    return Math.max(4, 4 * rows * nSplits(config) * perSplit);
  }

  /** The kernels of an attention, in order. */
  GpuStep step(
      GpuKernels kernels,
      Op.Attention op,
      GpuKvCache cache,
      GpuInputs inputs,
      GpuActivations buffers) {
    GpuKernel store =
        kernels
            .attention("store_kv")
            .set(0, buffers.of(op.k()))
            .set(1, buffers.of(op.v()))
            .set(2, cache.keys().buffer())
            .set(3, cache.values().buffer())
            .set(4, inputs.buffer())
            .set(7, op.k().width());
    GpuKernel attend =
        kernels
            .attention("attention")
            .set(0, buffers.of(op.q()))
            .set(1, cache.keys().buffer())
            .set(2, cache.values().buffer())
            .set(3, buffers.of(op.out()))
            .set(4, partials)
            .set(5, inputs.buffer())
            .set(8, op.nHeads())
            .set(9, op.nKvHeads())
            .set(10, op.headDim())
            .set(11, op.scale())
            .set(13, op.group().window());
    GpuKernel combine =
        kernels
            .attention("attention_combine")
            .set(0, partials)
            .set(1, buffers.of(op.out()))
            .set(2, op.nHeads())
            .set(3, op.headDim())
            .set(4, nSplits);
    return batch -> {
      int nRows = batch.size();
      int splits = nRows <= MAX_SPLIT_ROWS ? nSplits : 1;
      int positionAt = GpuInputs.positionAt(nRows);
      int tableAt = inputs.tableAt(op.group(), nRows);
      store
          .set(5, positionAt)
          .set(6, tableAt)
          .launch(AttentionKernels.storeKv(op.k().width(), nRows));
      attend
          .set(6, positionAt)
          .set(7, tableAt)
          .set(12, splits)
          .launch(AttentionKernels.attention(op.nHeads(), nRows, splits));
      if (splits > 1) {
        combine.launch(AttentionKernels.combine(op.nHeads(), nRows));
      }
    };
  }

  private static int nSplits(RuntimeConfig config) {
    return Math.clamp(config.contextLength() / SPLIT_POSITIONS, 1, MAX_SPLITS);
  }
}
