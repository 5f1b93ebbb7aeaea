package dev.lamina.gpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.Op;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** One segment's steps and its borders with the host. Passes of one token are recorded. */
final class GpuSegment {
  private final GpuApi api;
  private final GpuResources resources;
  private final GpuInputs inputs;
  private final boolean headOnly;
  private final boolean needsInputs;
  private final GpuStep[] body;
  private final GpuStep[] head;
  private final Border[] in;
  private final Border[] out;
  private final Carried[] carried;

  /** Of a pass of one token, with and without logits. */
  private final GpuRecording[] ofOneToken = new GpuRecording[2];

  GpuSegment(
      GpuApi api,
      GpuResources resources,
      Segment segment,
      SessionConfig config,
      GpuSteps compiler,
      GpuActivations activations,
      GpuInputs inputs) {
    this.api = api;
    this.resources = resources;
    this.inputs = inputs;
    this.headOnly = segment.headOnly();
    this.needsInputs =
        segment.body().stream()
            .anyMatch(op ->
                op instanceof Op.Embed || op instanceof Op.Rope || op instanceof Op.Attention);
    GpuBuffers ofHead = activation -> activations.ofHead(segment, activation);
    this.body = compiler.compile(segment.body(), activations::ofBody);
    this.head = compiler.compile(segment.head(), ofHead);
    int rowsIn = headOnly ? config.maxLogits() : config.batchSize();
    int rowsOut = head.length > 0 ? config.maxLogits() : config.batchSize();
    this.in = borders(segment.inputs(), rowsIn, activations::ofBody);
    this.out = borders(segment.outputs(), rowsOut, head.length > 0 ? ofHead : activations::ofBody);
    this.carried =
        segment.carried().stream()
            .map(a -> new Carried(activations.ofBody(a), ofHead.of(a), 4L * a.width()))
            .toArray(Carried[]::new);
  }

  void run(Batch batch, float[][] from, float[][] to) {
    int nRows = headOnly ? batch.nLogits() : batch.size();
    if (nRows == 0) {
      return;
    }
    if (needsInputs) {
      inputs.fill(batch);
    }
    for (int i = 0; i < in.length; i++) {
      in[i].load(from[i], nRows);
    }
    if (batch.size() == 1) {
      recording(batch.firstLogit()).replay();
    } else {
      queue(batch.size(), batch.firstLogit());
    }
    api.finish();
    int nOut = head.length > 0 ? batch.nLogits() : nRows;
    for (int i = 0; i < out.length; i++) {
      out[i].store(to[i], nOut);
    }
  }

  private GpuRecording recording(int firstLogit) {
    if (ofOneToken[firstLogit] == null) {
      ofOneToken[firstLogit] = resources.add(api.record(() -> queue(1, firstLogit)));
    }
    return ofOneToken[firstLogit];
  }

  private void queue(int size, int firstLogit) {
    int nLogits = size - firstLogit;
    int nRows = headOnly ? nLogits : size;
    if (needsInputs) {
      inputs.upload(size);
    }
    for (Border border : in) {
      api.upload(border.host, border.buffer, 0, border.rowBytes * nRows);
    }
    run(body, nRows);
    if (head.length > 0 && nLogits > 0) {
      for (Carried c : carried) {
        api.copy(c.from, c.rowBytes * firstLogit, c.to, c.rowBytes * nLogits);
      }
      run(head, nLogits);
    }
    int nOut = head.length > 0 ? nLogits : nRows;
    if (nOut > 0) {
      for (Border border : out) {
        api.download(border.buffer, border.host, border.rowBytes * nOut);
      }
    }
  }

  private static void run(GpuStep[] steps, int nRows) {
    for (GpuStep step : steps) {
      step.run(nRows);
    }
  }

  private Border[] borders(List<Activation> activations, int rows, GpuBuffers buffers) {
    return activations.stream()
        .map(a -> {
          long rowBytes = 4L * a.width();
          HostBuffer host = resources.add(api.allocateHost(a.name(), rows * rowBytes));
          return new Border(buffers.of(a), host, rowBytes);
        })
        .toArray(Border[]::new);
  }

  /** Rows that the head takes over from the body. */
  private record Carried(GpuBuffer from, GpuBuffer to, long rowBytes) {}

  /** A buffer and the host's memory from or to which it is transferred. */
  private record Border(GpuBuffer buffer, HostBuffer host, long rowBytes) {
    void load(float[] values, int nRows) {
      int n = (int) (nRows * rowBytes / 4);
      MemorySegment.copy(values, 0, host.segment(), ValueLayout.JAVA_FLOAT, 0, n);
    }

    void store(float[] values, int nRows) {
      int n = (int) (nRows * rowBytes / 4);
      MemorySegment.copy(host.segment(), ValueLayout.JAVA_FLOAT, 0, values, 0, n);
    }
  }
}
