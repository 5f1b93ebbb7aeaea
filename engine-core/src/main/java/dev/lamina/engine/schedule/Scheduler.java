package dev.lamina.engine.schedule;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.MemoryException;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.gguf.output.OutputException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Generates any number of texts on a loaded model, for callers in any thread. Its own thread is the
 * only one that uses the model: it runs passes, each with the next token of every text and a piece
 * of a prompt.
 */
public final class Scheduler implements AutoCloseable {
  private final LoadedModel loaded;
  private final Thread thread;
  private final Passes passes;

  /** Guarded by this; what the callers bring. */
  private final List<Request> arrived = new ArrayList<>();

  private final ArrayDeque<Runnable> work = new ArrayDeque<>();
  private boolean woken;
  private boolean closed;

  /**
   * @param loaded not to be used by others until this is closed, and closed by the caller then
   */
  public Scheduler(LoadedModel loaded) {
    this.loaded = loaded;
    this.passes = new Passes(loaded);
    this.thread = Thread.ofPlatform().name("lamina-scheduler").daemon().start(this::loop);
  }

  public Model model() {
    return loaded.model();
  }

  /** Most tokens of a text, with its prompt. */
  public int contextLength() {
    return loaded.config().contextLength();
  }

  /** As the other method, for a listener that hands nothing over. */
  public GenerationResult generate(
      int[] prompt, Sampler sampler, GenerationOptions options, TokenListener listener) {
    return generate(prompt, sampler, options, listener, new Outbox());
  }

  /**
   * Generates tokens after a prompt, and returns when the text ends. What is in memory already of
   * the prompt, from this or another text, is not evaluated again. When the calling thread is
   * interrupted, the text ends as if cancelled, and the thread stays interrupted.
   *
   * @param prompt all tokens so far, at least one
   * @param sampler a new sampler; the scheduler's thread uses it
   * @param listener gets each chosen token except the end-of-generation one, in the scheduler's
   *     thread; it must not wait for anything
   * @param outbox takes actions from the listener, which the calling thread runs; if one throws,
   *     the text ends and the exception is passed on
   * @throws ContextFullException if the prompt does not fit the context
   * @throws MemoryException if the memory is too small for the prompt even alone
   */
  public GenerationResult generate(
      int[] prompt,
      Sampler sampler,
      GenerationOptions options,
      TokenListener listener,
      Outbox outbox) {
    check(prompt);
    Request request =
        new Request(
            new Generator(model(), contextLength(), prompt, sampler, options, listener), outbox);
    outbox.open(this::wake);
    submit(request);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (outbox.run()) {
            return request.result();
          }
          cancel(request);
        } catch (InterruptedException e) {
          interrupted = true;
          cancel(request);
        } catch (RuntimeException | Error e) {
          cancel(request);
          throw e;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void check(int[] prompt) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("the prompt is empty; give at least one token");
    }
    if (prompt.length > contextLength()) {
      throw new ContextFullException(0, prompt.length, contextLength());
    }
    int positions = loaded.memory().mostPositions();
    if (prompt.length > positions) {
      throw new ContextFullException(0, prompt.length, positions);
    }
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("a listener may not use the model whose text it gets");
    }
  }

  private synchronized void submit(Request request) {
    requireOpen();
    arrived.add(request);
    wake();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
  }

  private void cancel(Request request) {
    request.cancelled = true;
    request.outbox.cancel();
    wake();
  }

  /**
   * Runs work with the model in the scheduler's thread, between two passes, and returns its result.
   */
  public <T> T call(Callable<T> action) {
    FutureTask<T> task = new FutureTask<>(action);
    synchronized (this) {
      requireOpen();
      work.add(task);
      wake();
    }
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * Writes the longest start of some tokens that is in memory to a file, replacing it, with its
   * keys and values.
   *
   * @return the length of that start; 0 if nothing is in memory, then nothing is written
   * @throws OutputException if the file cannot be written; it is as it was then
   * @throws BackendException if a device fails; likewise
   */
  public int save(int[] tokens, Path file) throws OutputException {
    try {
      return call(() -> {
        try {
          return StateFile.save(loaded, tokens, file);
        } catch (OutputException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw OutputException.of(file, e.getCause());
    }
  }

  /**
   * Loads what {@link #save} has written, for texts that begin with the same tokens.
   *
   * @throws StateException if the file cannot be read, is damaged, of another model or no state at
   *     all; nothing of it is in memory then
   */
  public SavedState load(Path file) {
    return call(() -> StateFile.load(loaded, file));
  }

  private synchronized void wake() {
    woken = true;
    notifyAll();
  }

  private void loop() {
    while (awaitWork()) {
      runWork();
      passes.run();
    }
    runWork(); // what came before the end, whose callers wait
    passes.cancelAll();
  }

  /** Waits until there is something to do; false when the scheduler is closed. */
  private synchronized boolean awaitWork() {
    while (!closed && !woken && !passes.canRun()) {
      try {
        wait();
      } catch (InterruptedException e) {
        closed = true; // nobody but this class knows the thread
      }
    }
    woken = false;
    passes.add(arrived);
    arrived.clear();
    return !closed;
  }

  private void runWork() {
    while (true) {
      Runnable next;
      synchronized (this) {
        next = work.poll();
      }
      if (next == null) {
        return;
      }
      next.run();
    }
  }

  /** Ends all texts as if cancelled, and the thread. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
