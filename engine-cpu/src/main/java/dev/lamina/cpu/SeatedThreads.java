package dev.lamina.cpu;

import dev.lamina.cpu.system.ThreadControl;
import dev.lamina.cpu.system.ThreadControl.Policy;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.CpuMask;
import dev.lamina.engine.backend.CpuTopology;
import dev.lamina.engine.backend.ThreadPlacement;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives each thread of a pool its processors and its priority, from within that thread. What the
 * system refuses becomes a warning, one for each kind. Thread-safe.
 */
final class SeatedThreads {
  /** Ranks of the priorities 1 to 3 before ordinary threads, as in llama.cpp. */
  private static final int[] RANKS = {40, 80, 90};

  /** Nice values of the priorities -1 to 3, as in llama.cpp. */
  private static final int[] NICE = {5, 0, -5, -10, -20};

  private final ThreadPlacement placement;
  private final ThreadControl control;
  private final List<CpuMask> seats;
  private final List<String> warnings = new ArrayList<>();

  private SeatedThreads(ThreadPlacement placement, ThreadControl control, Seats seats) {
    this.placement = placement;
    this.control = control;
    this.seats = seats.cpus();
    this.warnings.addAll(seats.warnings());
  }

  /**
   * Plans where threads run; nothing is done yet.
   *
   * @return null if that is left to the system
   */
  static SeatedThreads of(ThreadPlacement placement, int threads) {
    if (placement.leftToSystem()) {
      return null;
    }
    ThreadControl control = ThreadControl.ofSystem();
    if (control == null) {
      return new SeatedThreads(
          placement,
          null,
          new Seats(
              List.of(),
              List.of("this system cannot be told where threads run and which come first")));
    }
    Seats seats = Seats.of(placement, threads, CpuTopology.system(), control.currentCpu());
    return new SeatedThreads(placement, control, seats);
  }

  /** What could not be done so far. */
  synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }

  private synchronized void warn(String line) {
    if (!warnings.contains(line)) {
      warnings.add(line);
    }
  }

  /** Gives the calling thread, which the pool owns, its place. */
  void seatWorker(int index) {
    if (control == null) {
      return;
    }
    seat(index);
    prefer(true);
  }

  /**
   * Gives the calling thread, which is not the pool's, the place of index 0. It gets nothing that
   * cannot be taken back.
   *
   * @return takes it back if that thread runs it
   */
  Runnable seatCaller() {
    if (control == null) {
      return () -> {};
    }
    Before before;
    try {
      before = new Before(control.affinity(), control.policy(), control.nice());
    } catch (BackendException e) {
      warn(e.getMessage());
      return () -> {};
    }
    seat(0);
    prefer(false);
    return () -> restore(before);
  }

  /** What a thread had before it got its place. */
  private record Before(CpuMask cpus, Policy policy, int nice) {}

  private void restore(Before before) {
    try {
      control.setAffinity(before.cpus());
      if (placement.priority() != 0) {
        control.setPolicy(before.policy());
      }
      if (control.nice() != before.nice()) {
        control.setNice(before.nice());
      }
    } catch (BackendException e) {
      warn(e.getMessage());
    }
  }

  private void seat(int index) {
    if (seats.get(index).isEmpty()) {
      return;
    }
    try {
      control.setAffinity(seats.get(index));
    } catch (BackendException e) {
      warn(e.getMessage());
    }
  }

  private void prefer(boolean own) {
    int priority = placement.priority();
    try {
      if (priority > 0) {
        hurry(priority);
      } else if (priority < 0) {
        control.setPolicy(new Policy(ThreadControl.BATCH, 0));
        if (own) {
          control.setNice(NICE[0]);
        }
      }
    } catch (BackendException e) {
      warn("threads keep their priority: " + e.getMessage());
    }
  }

  /** Where the system refuses the policy, it may still allow the nice value. */
  private void hurry(int priority) {
    try {
      control.setPolicy(new Policy(ThreadControl.FIFO, RANKS[priority - 1]));
    } catch (BackendException refused) {
      control.setNice(NICE[priority + 1]);
    }
  }
}
