package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.engine.backend.Batch;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which passes are shared. */
class PassThreadsTest {
  private static final int TASKS = 64;

  private record Reads(long total) implements Step {
    @Override
    public void run(Batch batch) {}

    @Override
    public long bytes(Batch batch) {
      return total;
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0, true", "0, 163840, true", "0, 163841, false", "8000000, 8000000, false"})
  void littleWorkIsNotShared(long first, long second, boolean alone) {
    Set<Thread> used = ConcurrentHashMap.newKeySet();
    try (WorkerPool pool = new WorkerPool(2)) {
      PassThreads threads = new PassThreads(pool);
      threads.choose(new Step[] {new Reads(first), new Reads(second)}, null);
      assertEquals(alone, threads.isAlone());
      long deadline = System.nanoTime() + 10_000_000_000L;
      threads.run(
          TASKS,
          (_, _) -> {
            used.add(Thread.currentThread());
            while (!alone && used.size() < 2 && System.nanoTime() < deadline) {
              Thread.onSpinWait();
            }
          });
      assertEquals(alone ? 1 : 2, used.size());
    }
  }
}
