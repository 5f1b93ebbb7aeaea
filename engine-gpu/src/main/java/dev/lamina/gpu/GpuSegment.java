package dev.lamina.gpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.Op;
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
  private final boolean headOnly;
  private final boolean needsInputs;
  private final GpuStep[] body;
  private final GpuStep[] head;
  private final Border[] in;
  private final Border[] out;
  private final Carried[] carried;

  /** Recordings of passes of one token, with and without logits. */
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
    int nOut = head.length > 0 ? batch.nLogits() : nRows;
    if (batch.size() == 1) {
      runOne(batch.firstLogit(), from, to, nOut);
    } else {
      upload(from, nRows);
      compute(batch.size(), batch.firstLogit());
      download(to, nOut);
    }
  }

  private void runOne(int firstLogit, float[][] from, float[][] to, int nOut) {
    for (int i = 0; i < in.length; i++) {
      in[i].load(from[i], 0, 1);
    }
    recording(firstLogit).replay();
    api.finish();
    for (int i = 0; i < out.length; i++) {
      out[i].store(to[i], 0, nOut);
    }
  }

  /** Uploads inputs piece by piece, because all pieces use the same host memory. */
  private void upload(float[][] from, int nRows) {
    for (int piece = 0; piece < pieces(in, nRows); piece++) {
      if (piece > 0) {
        api.finish();
      }
      for (int i = 0; i < in.length; i++) {
        int first = piece * in[i].rows;
        int n = Math.min(in[i].rows, nRows - first);
        if (n > 0) {
          in[i].load(from[i], first, n);
          in[i].upload(api, first, n);
        }
      }
    }
  }

  /**
   * Downloads outputs piece by piece. It waits for the queue at least once, even without outputs,
   * so that a pass ends only after all errors are known.
   */
  private void download(float[][] to, int nRows) {
    int piece = 0;
    do {
      for (Border border : out) {
        border.download(
            api, piece * border.rows, Math.min(border.rows, nRows - piece * border.rows));
      }
      api.finish();
      for (int i = 0; i < out.length; i++) {
        int first = piece * out[i].rows;
        out[i].store(to[i], first, Math.min(out[i].rows, nRows - first));
      }
    } while (++piece < pieces(out, nRows));
  }

  private static int pieces(Border[] borders, int nRows) {
    int most = 0;
    for (Border border : borders) {
      most = Math.max(most, Math.ceilDiv(nRows, border.rows));
    }
    return most;
  }

  private GpuRecording recording(int firstLogit) {
    if (ofOneToken[firstLogit] == null) {
      ofOneToken[firstLogit] = resources.add(api.record(() -> queueOne(firstLogit)));
    }
    return ofOneToken[firstLogit];
  }

  private void queueOne(int firstLogit) {
    for (Border border : in) {
      border.upload(api, 0, 1);
    }
    compute(1, firstLogit);
    for (Border border : out) {
      border.download(api, 0, head.length > 0 ? 1 - firstLogit : 1);
    }
  }

  private void compute(int size, int firstLogit) {
    int nLogits = size - firstLogit;
    int nRows = headOnly ? nLogits : size;
    if (needsInputs) {
      inputs.upload(size);
    }
    run(body, nRows);
    if (head.length > 0 && nLogits > 0) {
      for (Carried c : carried) {
        api.copy(c.from, c.rowBytes * firstLogit, c.to, c.rowBytes * nLogits);
      }
      run(head, nLogits);
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
          int atOnce = Math.clamp(api.hostBytes() / rowBytes, 1, rows);
          HostBuffer host = resources.add(api.allocateHost(a.name(), atOnce * rowBytes));
          return new Border(buffers.of(a), host, rowBytes, atOnce);
        })
        .toArray(Border[]::new);
  }

  /** Rows that the body writes and the head reads. */
  private record Carried(GpuBuffer from, GpuBuffer to, long rowBytes) {}

  /**
   * A buffer and the host memory that it is transferred from or to.
   *
   * @param rows that the host memory holds; larger buffers are transferred in pieces
   */
  private record Border(GpuBuffer buffer, HostBuffer host, long rowBytes, int rows) {
    void load(float[] values, int first, int n) {
      int width = (int) (rowBytes / 4);
      MemorySegment.copy(
          values, first * width, host.segment(), ValueLayout.JAVA_FLOAT, 0, n * width);
    }

    void upload(GpuApi api, int first, int n) {
      api.upload(host, buffer, rowBytes * first, rowBytes * n);
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
