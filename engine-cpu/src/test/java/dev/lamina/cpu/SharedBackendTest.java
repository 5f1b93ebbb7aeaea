package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.Session;
import dev.lamina.engine.testing.Golden;
import dev.lamina.gguf.GgufFile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two models on one backend, each in its own thread, compute what they compute alone. */
class SharedBackendTest {
  private static final int[] FIRST = {5, 17, 300, 41, 99, 7};
  private static final int[] SECOND = {1000, 3, 64};
  private static final int TOKENS = 40;

  @ParameterizedTest
  @EnumSource(
      value = CpuKernels.class,
      names = {"AUTO", "VECTOR"})
  void modelsDoNotDisturbEachOther(CpuKernels kernels) throws Exception {
    try (GgufFile file = GgufFile.open(Golden.DEMO);
        CpuBackend backend = new CpuBackend(2, true, MachineKernels.of(kernels));
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      float[] first = logits(file, backend, FIRST);
      float[] second = logits(file, backend, SECOND);
      List<Callable<float[]>> both = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        both.add(() -> logits(file, backend, FIRST));
        both.add(() -> logits(file, backend, SECOND));
      }
      List<Future<float[]>> results = threads.invokeAll(both);
      for (int i = 0; i < results.size(); i++) {
        assertArrayEquals(i % 2 == 0 ? first : second, results.get(i).get(), "text " + i);
      }
    }
  }

  /** The logits after a prompt and some tokens that follow from the prompt alone. */
  private static float[] logits(GgufFile file, CpuBackend backend, int[] prompt) {
    try (Session session =
        new Session(Model.load(file, RopeOverrides.none()), backend, RuntimeConfig.of(64, 16))) {
      session.eval(prompt);
      for (int i = 1; i < TOKENS; i++) {
        session.eval(new int[] {(prompt[0] + 31 * i) % 2048});
      }
      return session.eval(prompt).clone();
    }
  }
}
