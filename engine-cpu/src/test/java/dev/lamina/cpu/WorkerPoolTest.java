package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {
  private static final long SEED = 11;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void runsEveryTaskOnce(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      assertEquals(threads, pool.threads());
      for (int nTasks : new int[] {0, 1, 2, 7, 100, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(nTasks);
        AtomicIntegerArray busy = new AtomicIntegerArray(threads);
        AtomicInteger clashes = new AtomicInteger();
        pool.run(
            nTasks,
            (task, worker) -> {
              if (busy.getAndIncrement(worker) != 0) {
                clashes.incrementAndGet();
              }
              runs.incrementAndGet(task);
              busy.getAndDecrement(worker);
            });
        assertEquals(0, clashes.get(), "two threads had the same worker index");
        for (int i = 0; i < nTasks; i++) {
          assertEquals(1, runs.get(i), "runs of task " + i + " of " + nTasks);
        }
      }
    }
  }

  /** Ordinary memory is visible in both directions; pauses let the workers park. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void handsMemoryOverInManyRuns(int threads) {
    Random random = new Random(SEED);
    int[] in = new int[64];
    int[] out = new int[64];
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int round = 0; round < 20_000; round++) {
        int nTasks = 1 + random.nextInt(64);
        for (int i = 0; i < nTasks; i++) {
          in[i] = round + i;
        }
        pool.run(nTasks, (task, worker) -> out[task] = in[task] + 1);
        for (int i = 0; i < nTasks; i++) {
          assertEquals(round + i + 1, out[i], "seed " + SEED + " round " + round);
        }
        if (round % 1000 == 0) {
          LockSupport.parkNanos(2_000_000);
        }
      }
    }
  }

  @Test
  void workersTakePart() throws InterruptedException {
    try (WorkerPool pool = new WorkerPool(3)) {
      CountDownLatch all = new CountDownLatch(3);
      // Three tasks that wait for each other need three threads.
      pool.run(
          3,
          (task, worker) -> {
            all.countDown();
            await(all);
          });
      assertTrue(all.await(0, TimeUnit.SECONDS));
    }
  }

  /** A thread reads consecutive memory in order, and helps the other from the end. */
  @Test
  void takesItsRangeInOrderAndThenOthersFromTheEnd() {
    try (WorkerPool pool = new WorkerPool(2)) {
      for (int slow = 0; slow < 2; slow++) {
        int waiting = slow;
        List<List<Integer>> taken = List.of(new ArrayList<>(), new ArrayList<>());
        CountDownLatch bothBegan = new CountDownLatch(2);
        CountDownLatch others = new CountDownLatch(9);
        pool.run(
            10,
            (task, worker) -> {
              taken.get(worker).add(task);
              if (task % 5 == 0) {
                bothBegan.countDown();
                await(bothBegan);
              }
              if (task == 5 * waiting) {
                await(others); // the rest of its range is left to the other thread
              } else {
                others.countDown();
              }
            });
        int begin = 5 * waiting;
        int other = 5 - begin;
        assertEquals(List.of(begin), taken.get(waiting));
        assertEquals(
            List.of(
                other, other + 1, other + 2, other + 3, other + 4, begin + 4, begin + 3, begin + 2,
                begin + 1),
            taken.get(1 - waiting));
      }
    }
  }

  /** What a thread wrote in the first run, it reads in the later ones. */
  @ParameterizedTest
  @ValueSource(ints = {7, 30, 64})
  void rangesStayWithTheirThread(int nTasks) {
    int threads = 3;
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int round = 0; round < 50; round++) {
        int[] first = {-1, -1, -1};
        CountDownLatch allBegan = new CountDownLatch(threads);
        pool.run(
            nTasks,
            (task, worker) -> {
              if (first[worker] < 0) {
                first[worker] = task;
                allBegan.countDown();
                await(allBegan);
              }
            });
        assertArrayEquals(new int[] {0, nTasks / 3, nTasks * 2 / 3}, first);
      }
    }
  }

  @Test
  void helpsThoseWhoTakeLong() {
    try (WorkerPool pool = new WorkerPool(2)) {
      CountDownLatch others = new CountDownLatch(9);
      pool.run(
          10,
          (task, worker) -> {
            if (task == 0) {
              await(others); // the rest of its range is left to the other thread
            } else {
              others.countDown();
            }
          });
      assertEquals(0, others.getCount());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void throwsWhatATaskThrew(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int round = 0; round < 200; round++) {
        int bad = round % 50;
        RuntimeException failure = new IllegalArgumentException("task " + bad);
        RuntimeException thrown =
            assertThrows(
                RuntimeException.class,
                () ->
                    pool.run(
                        50,
                        (task, worker) -> {
                          if (task == bad) {
                            throw failure;
                          }
                        }));
        assertSame(failure, thrown);
      }
      AssertionError error = new AssertionError("of a task");
      assertSame(
          error,
          assertThrows(
              AssertionError.class,
              () ->
                  pool.run(
                      5,
                      (task, worker) -> {
                        throw error;
                      })));
      AtomicInteger runs = new AtomicInteger();
      pool.run(50, (task, worker) -> runs.incrementAndGet());
      assertEquals(50, runs.get(), "after failures the pool works on");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void refusesRunsFromItsOwnTasks(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> pool.run(8, (task, worker) -> pool.run(2, (t, w) -> {})));
      assertEquals("a task must not use the pool that runs it", e.getMessage());
    }
  }

  @Test
  void takesCallersInTurn() throws InterruptedException {
    AtomicInteger runs = new AtomicInteger();
    AtomicIntegerArray busy = new AtomicIntegerArray(2);
    AtomicInteger clashes = new AtomicInteger();
    try (WorkerPool pool = new WorkerPool(2)) {
      WorkerPool.Task task =
          (index, worker) -> {
            if (busy.getAndIncrement(worker) != 0) {
              clashes.incrementAndGet();
            }
            if (runs.incrementAndGet() % 4 == 0) {
              LockSupport.parkNanos(1000);
            }
            busy.getAndDecrement(worker);
          };
      Thread[] callers = new Thread[4];
      for (int i = 0; i < callers.length; i++) {
        callers[i] =
            new Thread(() -> {
              for (int round = 0; round < 500; round++) {
                pool.run(4, task);
              }
            });
        callers[i].start();
      }
      for (Thread caller : callers) {
        caller.join();
      }
    }
    assertEquals(4 * 500 * 4, runs.get());
    assertEquals(0, clashes.get(), "two threads had the same worker index");
  }

  @Test
  void keepsTheCallersInterrupt() {
    try (WorkerPool pool = new WorkerPool(2)) {
      AtomicInteger runs = new AtomicInteger();
      Thread.currentThread().interrupt();
      pool.run(
          2,
          (task, worker) -> {
            // Long enough for the caller to park.
            LockSupport.parkNanos(worker == 0 ? 1 : 20_000_000);
            runs.incrementAndGet();
          });
      assertEquals(2, runs.get());
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void endsItsThreadsOnClose() throws InterruptedException {
    Thread[] seen = new Thread[2];
    WorkerPool pool = new WorkerPool(2);
    CountDownLatch both = new CountDownLatch(2);
    pool.run(
        2,
        (task, worker) -> {
          seen[worker] = Thread.currentThread();
          both.countDown();
          await(both);
        });
    assertTrue(seen[1].isDaemon());
    pool.close();
    pool.close();
    seen[1].join(10_000);
    assertFalse(seen[1].isAlive());
    assertThrows(IllegalStateException.class, () -> pool.run(1, (task, worker) -> {}));
  }

  @Test
  void refusesToHaveNoThreads() {
    assertThrows(IllegalArgumentException.class, () -> new WorkerPool(0));
  }

  @Test
  void allocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (WorkerPool pool = new WorkerPool(2)) {
      AtomicInteger runs = new AtomicInteger();
      WorkerPool.Task task = (t, w) -> runs.incrementAndGet();
      long allocated = 1;
      for (int attempt = 0; attempt < 20 && allocated > 0; attempt++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
          pool.run(8, task);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertEquals(0, allocated);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
