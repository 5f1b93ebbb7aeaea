package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cpu.system.ThreadControl;
import dev.lamina.engine.backend.CpuMask;
import dev.lamina.engine.backend.CpuTopology;
import dev.lamina.engine.backend.ThreadPlacement;
import dev.lamina.engine.backend.ThreadPlacement.Numa;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads are where they were told to be, and those that are not the pool's get their place back.
 */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class PoolPlacementTest {
  private ThreadControl control;
  private CpuMask before;
  private ThreadControl.Policy policyBefore;

  @BeforeEach
  void remember() {
    control = ThreadControl.ofSystem();
    before = control.affinity();
    policyBefore = control.policy();
  }

  @AfterEach
  void thisThreadIsAsBefore() {
    assertEquals(before, control.affinity());
    assertEquals(policyBefore, control.policy());
  }

  private static ThreadPlacement placement(CpuMask cpus, boolean strict, int priority) {
    return new ThreadPlacement(Numa.NONE, cpus, strict, priority, 50);
  }

  /** Runs a pass of one task for each thread. */
  private static void pass(WorkerPool pool, WorkerPool.Task task) {
    CountDownLatch all = new CountDownLatch(pool.threads());
    pool.beginPass();
    try {
      pool.run(
          pool.threads(),
          (index, worker) -> {
            all.countDown();
            await(all);
            task.run(index, worker);
          });
    } finally {
      pool.endPass();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void strictThreadsHaveTheirOwnProcessor() {
    assumeTrue(before.count() >= 2);
    int first = before.next(0);
    int second = before.next(first + 1);
    CpuMask mask = CpuMask.of(first).or(CpuMask.of(second));
    ConcurrentHashMap<Integer, CpuMask> seen = new ConcurrentHashMap<>();
    try (WorkerPool pool = new WorkerPool(2, placement(mask, true, 0))) {
      for (int i = 0; i < 2; i++) {
        pass(pool, (_, worker) -> seen.put(worker, control.affinity()));
      }
      assertEquals("[]", pool.warnings().toString());
    }
    assertEquals(CpuMask.of(first), seen.get(1));
    assertEquals(CpuMask.of(second), seen.get(0));
  }

  @Test
  void loadingLeavesTheCallingThreadWhereItIs() {
    CpuMask one = CpuMask.of(before.next(0));
    try (WorkerPool pool = new WorkerPool(1, placement(one, false, 0))) {
      pool.run(1, (_, _) -> assertEquals(before, control.affinity()));
    }
  }

  /** Whether the system allows a priority depends on the user's rights; it works or is told. */
  @ParameterizedTest
  @ValueSource(ints = {-1, 1, 2, 3})
  void prioritiesAreSetOrRefusedInOneLine(int priority) {
    ConcurrentHashMap<Integer, ThreadControl.Policy> seen = new ConcurrentHashMap<>();
    try (WorkerPool pool = new WorkerPool(2, placement(CpuMask.NONE, false, priority))) {
      pass(pool, (_, worker) -> seen.put(worker, control.policy()));
      int kind = seen.get(1).kind();
      if (priority < 0) {
        assertEquals(ThreadControl.BATCH, kind);
        assertEquals(ThreadControl.BATCH, seen.get(0).kind());
      } else if (kind == ThreadControl.FIFO) {
        int[] ranks = {40, 80, 90};
        assertEquals(ranks[priority - 1], seen.get(1).rank());
      } else {
        assertTrue(pool.warnings().size() <= 1, pool.warnings().toString());
      }
    }
  }

  @Test
  void processorsThatAreNotThereAreToldAndChangeNothing() {
    assumeTrue(CpuTopology.system().allowed().next(500) < 0);
    try (WorkerPool pool = new WorkerPool(2, placement(CpuMask.of(500), true, 0))) {
      pass(pool, (_, _) -> assertEquals(before, control.affinity()));
      assertEquals(1, pool.warnings().size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 49, 50, 51, 99, 100})
  void allPollingComputes(int poll) {
    ThreadPlacement waiting = new ThreadPlacement(Numa.NONE, CpuMask.NONE, false, 0, poll);
    try (WorkerPool pool = new WorkerPool(2, waiting)) {
      for (int i = 0; i < 50; i++) {
        pass(pool, (_, _) -> {});
      }
    }
  }
}
