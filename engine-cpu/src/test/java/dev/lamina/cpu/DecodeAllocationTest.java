package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.engine.sampling.Samplers;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.schedule.Session;
import dev.lamina.engine.testing.Golden;
import dev.lamina.gguf.GgufFile;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Decode allocates nothing per token on any thread of the backend, with the best kernels. */
class DecodeAllocationTest {
  private static final int STEPS = 64;

  /**
   * Tolerance for occasional allocations of the JVM itself; a boxed vector would take 64 bytes each
   * time.
   */
  private static final long SLACK_BYTES = 64 * STEPS;

  @Test
  void decodingAllocatesNothing() {
    check(CpuKernels.AUTO, true);
  }

  @Test
  void decodingFromTheFileAllocatesNothing() {
    check(CpuKernels.AUTO, false);
  }

  static void check(CpuKernels kernels, boolean repack) {
    try (GgufFile file = GgufFile.open(Golden.DEMO);
        Backend backend = Devices.open(kernels, repack);
        Session session =
            new Session(
                Model.load(file, RopeOverrides.none()), backend, RuntimeConfig.of(256, 64))) {
      Sampler sampler = Samplers.create(SamplingOptions.defaults(), 2048);
      int[] token = {5};
      long[] threads = threads();
      LastRounds last = new LastRounds();
      for (int round = 0; round < 100 && last.median() > SLACK_BYTES; round++) {
        session.truncate(0);
        long before = allocatedBytes(threads);
        for (int i = 0; i < STEPS; i++) {
          token[0] = sampler.sample(session.eval(token));
          sampler.accept(token[0]);
        }
        last.add(allocatedBytes(threads) - before);
      }
      long median = last.median();
      System.out.printf("allocated in %d decode steps (%s): %d bytes%n", STEPS, kernels, median);
      assertTrue(median <= SLACK_BYTES, median + " bytes in " + STEPS + " steps");
    }
  }

  private static long[] threads() {
    return Stream.concat(
            Stream.of(Thread.currentThread()),
            Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("lamina-worker")))
        .mapToLong(Thread::threadId)
        .toArray();
  }

  private static long allocatedBytes(long[] threads) {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Arrays.stream(bean.getThreadAllocatedBytes(threads)).sum();
  }
}
