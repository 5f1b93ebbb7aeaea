package dev.lamina.cpu;

import dev.lamina.engine.backend.ThreadPlacement;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that share the tasks of short computations, one computation after the other. The calling
 * thread works too. Each thread starts with its own range of tasks and takes them in order, so that
 * it reads memory sequentially; with the same number of tasks it is the same range each time, so
 * that a thread reads what it wrote into memory near it. A thread that has finished its range takes
 * tasks of the others from the ends of their ranges. Idle workers spin for a moment, because the
 * next run of the same token follows within microseconds; then they park. A run allocates nothing.
 */
public final class WorkerPool implements AutoCloseable {

  /** A computation that is divided into tasks by index. */
  @FunctionalInterface
  public interface Task {
    /**
     * @param taskIndex 0 to nTasks - 1, each exactly once
     * @param workerIndex 0 (the caller) to threads - 1; only one thread has it at a time
     */
    void run(int taskIndex, int workerIndex);
  }

  /** About 50 microseconds; parking and waking cost about as much. */
  private static final int SPINS = 2000;

  /** Polling at which threads wait as long after a pass as during it. */
  private static final int USUAL_POLL = 50;

  /** Above that, this much more polling makes threads wait twice as long. */
  private static final int DOUBLING_POLL = 4;

  /** Distance between ranges, so that the ranges of two threads never share a cache line. */
  private static final int STRIDE = 16;

  /** Moves the end of a range by one. */
  private static final long ONE_OF_THE_END = 1L << 32;

  private final Worker[] workers;
  private final ReentrantLock running = new ReentrantLock();

  /**
   * For each thread, the first task of its range that no thread has taken, and in the upper 32 bits
   * the end of those that no thread has taken. The first task may exceed the end. The run cannot
   * end while a thread holds a task, so {@link #task} always belongs to that run.
   */
  private final AtomicLongArray ranges;

  /** Number of unfinished tasks of the current run. */
  private final AtomicInteger unfinished = new AtomicInteger();

  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** Passes that go on now, each of many runs. */
  private final AtomicInteger passes = new AtomicInteger();

  /** How often an idle thread looks for tasks before it parks, between passes. */
  private final int rounds;

  /** Null if the system places the threads. */
  private final SeatedThreads seats;

  /** Workers that have not yet their place. */
  private final CountDownLatch seated;

  /** Threads that run passes and were given a place, with what takes it back. */
  private final Map<Thread, Runnable> seatedCallers = new WeakHashMap<>();

  /** Number of runs so far. */
  private long runs;

  private volatile Task task;
  private volatile Thread waitingCaller;
  private volatile boolean closed;

  /**
   * @param threads including the caller of {@link #run}, 1 or more
   */
  public WorkerPool(int threads) {
    this(threads, ThreadPlacement.SYSTEM);
  }

  /**
   * @param threads including the caller of {@link #run}, 1 or more
   * @param placement of the threads; a caller gets its place in its first pass
   */
  public WorkerPool(int threads, ThreadPlacement placement) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", expected 1 or more");
    }
    ranges = new AtomicLongArray(threads * STRIDE);
    rounds = rounds(placement.poll());
    seats = SeatedThreads.of(placement, threads);
    workers = new Worker[threads - 1];
    seated = new CountDownLatch(seats == null ? 0 : workers.length);
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
    if (seats != null) {
      seats.seatCaller().run(); // only to learn now what the system refuses
      awaitSeated();
    }
  }

  private static int rounds(int poll) {
    return poll <= USUAL_POLL
        ? SPINS / USUAL_POLL * poll
        : SPINS << (poll - USUAL_POLL) / DOUBLING_POLL;
  }

  private void awaitSeated() {
    boolean interrupted = false;
    while (seated.getCount() != 0) {
      try {
        seated.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What of the threads' placement is impossible, one line each. */
  List<String> warnings() {
    return seats == null ? List.of() : seats.warnings();
  }

  /**
   * Says that runs follow each other shortly until {@link #endPass}. The calling thread gets its
   * place with its first pass and keeps it; {@link #close} in the same thread takes it back.
   */
  void beginPass() {
    passes.incrementAndGet();
    if (seats != null) {
      synchronized (seatedCallers) {
        if (!seatedCallers.containsKey(Thread.currentThread())) {
          seatedCallers.put(Thread.currentThread(), seats.seatCaller());
        }
      }
    }
  }

  void endPass() {
    passes.decrementAndGet();
  }

  /** Threads including the caller. */
  public int threads() {
    return workers.length + 1;
  }

  /**
   * Runs all tasks, each on whichever thread is free, and returns when they are finished. The tasks
   * see everything that the caller wrote before, and the caller sees everything that the tasks
   * wrote. Calls from several threads run one after the other.
   *
   * @throws RuntimeException or Error, the first one that a task threw; tasks that had not begun by
   *     then do not run
   * @throws IllegalStateException if called from a task of this pool, or after {@link #close}
   */
  public void run(int nTasks, Task task) {
    run(nTasks, false, task);
  }

  /** As {@link #run(int, Task)}; with {@code alone}, the caller runs the tasks, in order. */
  void run(int nTasks, boolean alone, Task task) {
    if (running.isHeldByCurrentThread() || isOwnWorker(Thread.currentThread())) {
      throw new IllegalStateException("a task must not use the pool that runs it");
    }
    running.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the worker pool is closed");
      }
      runs++;
      if (alone || workers.length == 0 || nTasks <= 1) {
        for (int i = 0; i < nTasks; i++) {
          task.run(i, 0);
        }
        return;
      }
      runShared(nTasks, task);
    } finally {
      running.unlock();
    }
  }

  /** Number of runs so far; each that threads share costs as measured by PoolBench. */
  long runs() {
    running.lock();
    try {
      return runs;
    } finally {
      running.unlock();
    }
  }

  private void runShared(int nTasks, Task newTask) {
    task = newTask;
    unfinished.set(nTasks);
    int sharing = Math.min(threads(), nTasks);
    for (int i = 0; i < sharing; i++) {
      long begin = (long) nTasks * i / sharing;
      long end = (long) nTasks * (i + 1) / sharing;
      ranges.set(i * STRIDE, end << 32 | begin);
    }
    for (int i = 1; i < sharing; i++) {
      workers[i - 1].wake();
    }
    takeTasks(0);
    awaitOthers();
    task = null;
    Throwable thrown = failure.getAndSet(null);
    if (thrown instanceof RuntimeException e) {
      throw e;
    } else if (thrown instanceof Error e) {
      throw e;
    }
  }

  private void takeTasks(int workerIndex) {
    while (hasTasks(workerIndex)) {
      long range = ranges.getAndIncrement(workerIndex * STRIDE);
      if (first(range) < end(range)) {
        runOne(first(range), workerIndex);
      }
    }
    int threads = threads();
    for (int i = 1; i < threads; i++) {
      int owner = (workerIndex + i) % threads;
      while (hasTasks(owner)) {
        long range = ranges.getAndAdd(owner * STRIDE, -ONE_OF_THE_END);
        if (first(range) < end(range)) {
          runOne(end(range) - 1, workerIndex);
        }
      }
    }
  }

  private boolean hasTasks(int owner) {
    long range = ranges.get(owner * STRIDE);
    return first(range) < end(range);
  }

  private static int first(long range) {
    return (int) range;
  }

  private static int end(long range) {
    return (int) (range >> 32);
  }

  private void runOne(int taskIndex, int workerIndex) {
    try {
      if (failure.get() == null) {
        task.run(taskIndex, workerIndex);
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    } finally {
      finishOne();
    }
  }

  private void finishOne() {
    if (unfinished.decrementAndGet() == 0) {
      Thread caller = waitingCaller;
      if (caller != null) {
        LockSupport.unpark(caller);
      }
    }
  }

  private void awaitOthers() {
    int awake = Math.max(SPINS, rounds);
    for (int i = 0; i < awake; i++) {
      if (unfinished.get() == 0) {
        return;
      }
      Thread.onSpinWait();
    }
    waitingCaller = Thread.currentThread();
    boolean interrupted = false;
    while (unfinished.get() != 0) {
      LockSupport.park(this);
      // With a pending interrupt, every park would return at once.
      interrupted |= Thread.interrupted();
    }
    waitingCaller = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOwnWorker(Thread thread) {
    return thread instanceof Worker worker && worker.pool() == this;
  }

  /**
   * Stops the threads. Waits first for a run of another thread. If this thread ran passes, it gets
   * back the place that it had before.
   */
  @Override
  public void close() {
    running.lock();
    try {
      closed = true;
      for (Worker worker : workers) {
        LockSupport.unpark(worker);
      }
    } finally {
      running.unlock();
    }
    synchronized (seatedCallers) {
      Runnable back = seatedCallers.remove(Thread.currentThread());
      if (back != null) {
        back.run();
      }
    }
  }

  private final class Worker extends Thread {
    private final int index;
    private volatile boolean parked;

    Worker(int index) {
      super("lamina-worker-" + index);
      this.index = index;
      setDaemon(true);
    }

    WorkerPool pool() {
      return WorkerPool.this;
    }

    /** Called after the tasks were published. */
    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      if (seats != null) {
        seats.seatWorker(index);
        seated.countDown();
      }
      int idle = 0;
      while (!closed) {
        if (hasTasks(index)) {
          takeTasks(index);
          idle = 0;
        } else if (idle < rounds || idle < SPINS && passes.get() > 0) {
          idle++;
          Thread.onSpinWait();
        } else {
          parkUntilTasks();
          idle = 0;
        }
      }
    }

    private void parkUntilTasks() {
      parked = true;
      // Either this worker sees the tasks of a new run, or that run sees this worker parked and
      // wakes it.
      while (!hasTasks(index) && !closed) {
        LockSupport.park(WorkerPool.this);
        // Interrupts have no meaning here, but a pending one would end every park.
        Thread.interrupted();
      }
      parked = false;
    }
  }
}
