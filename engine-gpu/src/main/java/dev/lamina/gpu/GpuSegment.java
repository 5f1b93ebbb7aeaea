package dev.lamina.gpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The steps of one segment and its transfers from and to the host. Passes of one token are
 * recorded.
 */
final class GpuSegment {
  private final GpuApi api;
  private final GpuResources resources;
  private final GpuInputs inputs;
  private final boolean needsInputs;
  private final GpuStep[] steps;
  private final Border[] in;
  private final Border[] out;

  /** Recordings of passes of one token, without and with logits. */
  private final GpuRecording[] ofOneToken = new GpuRecording[2];

  GpuSegment(
      GpuApi api,
      GpuResources resources,
      Segment segment,
      RuntimeConfig config,
      GpuSteps compiler,
      GpuActivations activations,
      GpuInputs inputs) {
    this.api = api;
    this.resources = resources;
    this.inputs = inputs;
    this.needsInputs = segment.ops().stream().anyMatch(Op::readsBatch);
    this.steps = compiler.compile(segment.ops());
    this.in = borders(segment.inputs(), config, activations);
    this.out = borders(segment.outputs(), config, activations);
  }

  void run(Batch batch, float[][] from, float[][] to) {
    if (needsInputs) {
      inputs.fill(batch);
    }
    if (batch.size() == 1) {
      runOne(batch, from, to);
    } else {
      upload(batch, from);
      compute(batch);
      download(batch, to);
    }
  }

  private void runOne(Batch batch, float[][] from, float[][] to) {
    for (int i = 0; i < in.length; i++) {
      in[i].load(from[i], 0, in[i].count(batch));
    }
    recording(batch).replay();
    api.finish();
    for (int i = 0; i < out.length; i++) {
      out[i].store(to[i], 0, out[i].count(batch));
    }
  }

  /** Uploads inputs piece by piece, because all pieces use the same host memory. */
  private void upload(Batch batch, float[][] from) {
    for (int piece = 0; piece < pieces(in, batch); piece++) {
      if (piece > 0) {
        api.finish();
      }
      for (int i = 0; i < in.length; i++) {
        int first = piece * in[i].rows;
        int n = Math.min(in[i].rows, in[i].count(batch) - first);
        in[i].load(from[i], first, n);
        in[i].upload(api, first, n);
      }
    }
  }

  /**
   * Downloads outputs piece by piece. It waits for the queue at least once, even without outputs,
   * so that a pass ends only after all errors are known.
   */
  private void download(Batch batch, float[][] to) {
    int piece = 0;
    do {
      for (Border border : out) {
        int first = piece * border.rows;
        border.download(api, first, Math.min(border.rows, border.count(batch) - first));
      }
      api.finish();
      for (int i = 0; i < out.length; i++) {
        int first = piece * out[i].rows;
        out[i].store(to[i], first, Math.min(out[i].rows, out[i].count(batch) - first));
      }
    } while (++piece < pieces(out, batch));
  }

  private static int pieces(Border[] borders, Batch batch) {
    int most = 0;
    for (Border border : borders) {
      most = Math.max(most, Math.ceilDiv(border.count(batch), border.rows));
    }
    return most;
  }

  private GpuRecording recording(Batch batch) {
    int nWanted = batch.rows(RowSet.WANTED);
    if (ofOneToken[nWanted] == null) {
      ofOneToken[nWanted] = resources.add(api.record(() -> queueOne(batch)));
    }
    return ofOneToken[nWanted];
  }

  private void queueOne(Batch batch) {
    for (Border border : in) {
      border.upload(api, 0, border.count(batch));
    }
    compute(batch);
    for (Border border : out) {
      border.download(api, 0, border.count(batch));
    }
  }

  private void compute(Batch batch) {
    if (needsInputs) {
      inputs.upload(batch);
    }
    for (GpuStep step : steps) {
      step.run(batch);
    }
  }

  private Border[] borders(List<Rows> values, RuntimeConfig config, GpuActivations activations) {
    return values.stream()
        .map(value -> {
          long rowBytes = 4L * value.width();
          int atOnce = Math.clamp(api.hostBytes() / rowBytes, 1, config.rows(value.set()));
          HostBuffer host = resources.add(api.allocateHost(value.name(), atOnce * rowBytes));
          return new Border(value.set(), activations.of(value), host, rowBytes, atOnce);
        })
        .toArray(Border[]::new);
  }

  /**
   * A buffer and the host memory that it is transferred from or to.
   *
   * @param rows that the host memory holds; larger buffers are transferred in pieces
   */
  private record Border(RowSet set, GpuBuffer buffer, HostBuffer host, long rowBytes, int rows) {
    int count(Batch batch) {
      return batch.rows(set);
    }

    void load(float[] values, int first, int n) {
      if (n > 0) {
        int width = (int) (rowBytes / 4);
        MemorySegment.copy(
            values, first * width, host.segment(), ValueLayout.JAVA_FLOAT, 0, n * width);
      }
    }

    void upload(GpuApi api, int first, int n) {
      if (n > 0) {
        api.upload(host, buffer, rowBytes * first, rowBytes * n);
      }
    }

    void download(GpuApi api, int first, int n) {
      if (n > 0) {
        api.download(buffer, rowBytes * first, host, rowBytes * n);
      }
    }

    void store(float[] values, int first, int n) {
      if (n > 0) {
        int width = (int) (rowBytes / 4);
        MemorySegment.copy(
            host.segment(), ValueLayout.JAVA_FLOAT, 0, values, first * width, n * width);
      }
    }
  }
}
