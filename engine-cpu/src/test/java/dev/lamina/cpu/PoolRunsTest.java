package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.Session;
import dev.lamina.engine.testing.Golden;
import dev.lamina.gguf.GgufFile;
import org.junit.jupiter.api.Test;

/**
 * The runs of the pool that a layer takes, each of which all threads wait for. docs/performance.md
 * has these numbers.
 */
class PoolRunsTest {
  /** Products of q, k and v; attention; output; gate and up; down. */
  private static final int DECODE = 5;

  /** The same, and the rows before each of them; the rows after the last are the next layer's. */
  private static final int PROMPT = 10;

  private static final int HEAD = 1;

  /** Of the demo model. */
  private static final int LAYERS = 6;

  @Test
  void layersTakeNoMoreRunsThanDocumented() {
    try (GgufFile file = GgufFile.open(Golden.DEMO);
        CpuBackend backend = new CpuBackend(2, true, MachineKernels.of(CpuKernels.AUTO));
        Session session =
            new Session(
                Model.load(file, RopeOverrides.none()), backend, RuntimeConfig.of(256, 64))) {
      long before = backend.pool().runs();
      session.eval(new int[64]);
      long prompt = backend.pool().runs() - before;
      session.eval(new int[] {5});
      long decode = backend.pool().runs() - before - prompt;
      // Of the last layer's attention, one row is wanted; it needs no other thread between
      // products.
      int last = PROMPT - 3;
      assertEquals(PROMPT * (LAYERS - 1) + last + HEAD, prompt);
      assertEquals(DECODE * LAYERS + HEAD, decode);
    }
  }
}
