package dev.lamina.engine.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.reference.ReferenceBackend;
import dev.lamina.kernels.TensorType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DoctorTest {
  /** The reference, which notes the kinds of operations that it is given. */
  private static final class Noting implements Backend {
    private final Backend reference = new ReferenceBackend();
    private final Set<Class<?>> seen = new HashSet<>();

    @Override
    public boolean supports(TensorType type) {
      return reference.supports(type);
    }

    @Override
    public MemoryPlan plan(List<Segment> segments, RuntimeConfig config) {
      return reference.plan(segments, config);
    }

    @Override
    public LayerStack load(List<Segment> segments, RuntimeConfig config) {
      for (Segment segment : segments) {
        segment.ops().forEach(op -> seen.add(op.getClass()));
      }
      return reference.load(segments, config);
    }

    @Override
    public void close() {
      reference.close();
    }
  }

  /** A new operation needs a check, so that every backend is compared with its meaning. */
  @Test
  void checksEveryOperation() {
    try (Noting backend = new Noting()) {
      Doctor doctor = new Doctor(backend);
      doctor.rows();
      doctor.weights(TensorType.Q8_0);
      doctor.attention(TensorType.F32, TensorType.F32);
      assertEquals(Set.of(Op.class.getPermittedSubclasses()), backend.seen);
    }
  }
}
