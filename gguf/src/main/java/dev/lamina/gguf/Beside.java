package dev.lamina.gguf;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Work in a thread of its own, beside that of the caller: much of opening a model is independent.
 */
public final class Beside<T> {
  private final FutureTask<T> task;

  private Beside(Supplier<T> work) {
    this.task = new FutureTask<>(work::get);
  }

  /** Starts the work; it does not keep the program alive. */
  public static <T> Beside<T> start(String name, Supplier<T> work) {
    Beside<T> beside = new Beside<>(work);
    Thread thread = new Thread(beside.task, name);
    thread.setDaemon(true);
    thread.start();
    return beside;
  }

  /** Waits for the work, also if the caller is interrupted, and throws what the work threw. */
  public T get() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) e.getCause(); // a supplier throws nothing else
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
