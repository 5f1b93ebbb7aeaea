package dev.lamina.engine.schedule;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What the scheduler's thread hands over to the thread that waits for a text: actions that this
 * thread runs. The scheduler never waits for a reader: a request with a full outbox pauses.
 */
public final class Outbox {
  /** Number of actions from which on the request pauses. */
  private static final int FULL = 64;

  /** How long a cancelled text goes on at most, in milliseconds. */
  private static final long PATIENCE = 20;

  private final BlockingQueue<Runnable> actions = new LinkedBlockingQueue<>();
  private final BooleanSupplier proceeds;
  private volatile Runnable onRoom;
  private volatile boolean open;
  private volatile boolean cancelled;

  /**
   * @param proceeds asked by the waiting thread before each action and several times a second;
   *     false cancels the text, and what it has not been given yet is dropped
   */
  public Outbox(BooleanSupplier proceeds) {
    this.proceeds = proceeds;
  }

  /** An outbox of a text that is not cancelled. */
  public Outbox() {
    this(() -> true);
  }

  /** Hands over an action; runs it itself when the text has ended or has not begun. */
  public void post(Runnable action) {
    if (open) {
      actions.add(action);
    } else if (!cancelled) {
      action.run();
    }
  }

  /**
   * Begins a text; a text that goes on from another one has the same outbox.
   *
   * @param room called, in the waiting thread, when the outbox is no longer full
   */
  void open(Runnable room) {
    onRoom = room;
    open = true;
  }

  boolean isFull() {
    return actions.size() >= FULL;
  }

  /** Lets {@link #run} return when it has run all actions. */
  void close() {
    open = false;
    actions.add(End.OF_TEXT);
  }

  /** Drops all actions, those to come too. */
  void cancel() {
    cancelled = true;
  }

  /**
   * Runs actions as they come, until the outbox is closed.
   *
   * @return false if the text is to be cancelled
   */
  boolean run() throws InterruptedException {
    while (cancelled || proceeds.getAsBoolean()) {
      Runnable next = actions.poll(PATIENCE, TimeUnit.MILLISECONDS);
      if (next == End.OF_TEXT) {
        return true;
      }
      if (next != null && !cancelled) {
        next.run();
      }
      if (actions.size() == FULL - 1) {
        onRoom.run();
      }
    }
    return false;
  }

  /** Follows the last action. */
  private enum End implements Runnable {
    OF_TEXT;

    @Override
    public void run() {}
  }
}
