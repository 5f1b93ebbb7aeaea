package dev.lamina.cpu;

import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The arrays of a stack's activation buffers, [rows, width] each. */
final class Activations {
  private final Map<Activation, float[]> arrays = new HashMap<>();

  Activations(List<Segment> segments, SessionConfig config) {
    Segment.buffers(segments, config)
        .forEach((buffer, rows) ->
            arrays.put(buffer, new float[Math.multiplyExact(rows, buffer.width())]));
  }

  float[] array(Activation activation) {
    return arrays.get(activation);
  }

  /** The arrays of some buffers, in the order of the buffers. */
  float[][] arrays(List<Activation> activations) {
    return activations.stream().map(arrays::get).toArray(float[][]::new);
  }

  static long bytes(List<Segment> segments, SessionConfig config) {
    return Segment.buffers(segments, config).entrySet().stream()
        .mapToLong(buffer -> 4L * buffer.getKey().width() * buffer.getValue())
        .sum();
  }
}
