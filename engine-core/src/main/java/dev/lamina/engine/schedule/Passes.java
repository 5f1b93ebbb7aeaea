package dev.lamina.engine.schedule;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.schedule.GenerationResult.Finish;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decides what each pass evaluates, and runs it: the next token of every text, then pieces of
 * prompts in the order of their arrival. When the memory is full, the youngest text is set aside:
 * it gives back its pages and is evaluated again when there is room. Used by the scheduler's
 * thread.
 */
final class Passes {
  private final LoadedModel loaded;
  private final RuntimeConfig config;
  private final Batch batch;

  /** Texts that wait for a place, those that were set aside first. */
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();

  /** Texts with a sequence, in the order of their arrival. */
  private final List<Request> running = new ArrayList<>();

  /** The texts that have rows in the pass. */
  private final List<Request> inPass = new ArrayList<>();

  /** The text that is being planned. */
  private Request current;

  private final float[] row;
  private long nextNumber;

  Passes(LoadedModel loaded) {
    this.loaded = loaded;
    this.config = loaded.config();
    this.batch = loaded.newBatch();
    this.row = new float[loaded.model().config().nVocab()];
  }

  void add(List<Request> requests) {
    for (Request request : requests) {
      request.number = nextNumber++;
      waiting.add(request);
    }
  }

  /** Whether a pass would evaluate something. */
  boolean canRun() {
    for (Request request : running) {
      if (request.cancelled || !request.outbox.isFull()) {
        return true;
      }
    }
    return running.isEmpty() && !waiting.isEmpty();
  }

  /** Runs one pass, if there is something to evaluate. */
  void run() {
    try {
      dropCancelled();
      plan();
      if (!inPass.isEmpty()) {
        evaluate();
      }
    } catch (DeviceLostException e) {
      inPass.clear(); // the next pass begins with tokens that are to be evaluated again
    } catch (RuntimeException | Error e) {
      failAll(e);
    }
  }

  private void dropCancelled() {
    for (int i = running.size() - 1; i >= 0; i--) {
      if (running.get(i).cancelled) {
        end(running.get(i), Finish.CANCELLED);
      }
    }
    waiting.removeIf(request -> {
      if (request.cancelled) {
        request.finish(Finish.CANCELLED);
      }
      return request.cancelled;
    });
  }

  /** Chooses the rows of the pass and makes room for them. */
  private void plan() {
    inPass.clear();
    for (int i = 0; i < running.size(); i = next(i)) {
      current = running.get(i);
      current.rows = 0;
      if (current.pending() == 1 && inPass.size() < most()) {
        include(current, 1);
      }
    }
    for (int i = 0; i < running.size(); i = next(i)) {
      current = running.get(i);
      if (current.pending() > 1) {
        includePrompt(current);
      }
    }
    while (!waiting.isEmpty() && running.size() < config.sequences() && rowsLeft() > 0) {
      Request first = waiting.poll();
      if (!start(first)) {
        waiting.addFirst(first);
        return;
      }
      includePrompt(first);
      if (waiting.peek() == first) {
        return;
      }
    }
  }

  /** The index of the text after the current one, which may have been set aside. */
  private int next(int i) {
    boolean isThere = i < running.size() && running.get(i).equals(current);
    return isThere ? i + 1 : i;
  }

  private int most() {
    return Math.min(config.batchSize(), config.maxLogits());
  }

  private int rowsLeft() {
    int rows = config.batchSize();
    for (Request request : inPass) {
      rows -= request.rows;
    }
    return rows;
  }

  /** Gives a waiting request a sequence, if there is room for its tokens. */
  private boolean start(Request request) {
    Generator text = request.generator;
    if (!running.isEmpty() && !loaded.hasRoom(text.tokens(), text.size(), running.size())) {
      return false;
    }
    request.sequence = loaded.open(text.tokens(), text.size() - 1);
    int at = running.size();
    while (at > 0 && running.get(at - 1).number > request.number) {
      at--;
    }
    running.add(at, request);
    if (!request.started) {
      request.started = true;
      text.begin(request.sequence.position());
    }
    return true;
  }

  /** Includes the next piece of a prompt, without what another text is just evaluating. */
  private void includePrompt(Request request) {
    Generator text = request.generator;
    request.rows = 0;
    request.sequence.reuse(text.tokens(), text.size() - 1);
    int left = rowsLeft();
    if (left == 0 || isEvaluated(request)) {
      return;
    }
    if (!text.proceeds(request.sequence.position())) {
      end(request, Finish.CANCELLED);
      return;
    }
    int rows = Math.min(left, request.pending());
    if (rows == request.pending() && inPass.size() >= most()) {
      rows--;
    }
    if (rows > 0) {
      include(request, rows);
    }
  }

  /** Whether a text in the pass evaluates the page of tokens that a request needs next. */
  private boolean isEvaluated(Request request) {
    for (Request other : inPass) {
      if (evaluatesSame(other, request)) {
        return true;
      }
    }
    return false;
  }

  private static boolean evaluatesSame(Request one, Request other) {
    int from = other.sequence.position();
    int end = one.sequence.position() + one.rows;
    int n = Math.min(from / PageTable.POSITIONS * PageTable.POSITIONS + PageTable.POSITIONS, end);
    return one.sequence.position() <= from
        && end - from >= PageTable.POSITIONS
        && other.generator.size() > n
        && Arrays.equals(one.generator.tokens(), 0, n, other.generator.tokens(), 0, n);
  }

  /** Includes rows of a text if there is memory for them, or can be. */
  private void include(Request request, int rows) {
    if (request.outbox.isFull()) {
      return;
    }
    int wanted = rows;
    while (!loaded.reserve(request.sequence, wanted)) {
      Request youngest = running.getLast();
      if (youngest != request) {
        setAside(youngest);
      } else if (running.size() > 1) {
        setAside(request);
        return;
      } else if (wanted > 1) {
        wanted = (wanted + 1) / 2;
      } else {
        end(request, Finish.CONTEXT_FULL);
        return;
      }
    }
    request.rows = wanted;
    inPass.add(request);
  }

  private void setAside(Request request) {
    stop(request);
    waiting.addFirst(request);
  }

  /** Takes a request's place and pages. */
  private void stop(Request request) {
    running.remove(request);
    inPass.remove(request);
    loaded.close(request.sequence);
    request.sequence = null;
  }

  /** Ends a text; its pages stay, for texts that begin with the same tokens. */
  private void end(Request request, Finish finish) {
    running.remove(request);
    loaded.keep(request.sequence);
    request.sequence = null;
    request.finish(finish);
  }

  private void evaluate() {
    batch.clear();
    for (Request request : inPass) {
      int from = request.sequence.position();
      int firstWanted = request.rows == request.pending() ? request.rows - 1 : request.rows;
      batch.add(
          request.sequence.tables(),
          from,
          request.generator.tokens(),
          from,
          request.rows,
          firstWanted);
    }
    long start = System.nanoTime();
    float[] logits = loaded.forward(batch);
    long nanos = System.nanoTime() - start;
    int wanted = 0;
    for (Request request : inPass) {
      Generator text = request.generator;
      boolean all = request.rows == request.pending();
      request.sequence.advance(text.tokens(), request.sequence.position(), request.rows);
      text.evaluated(request.sequence.position(), all, nanos);
      if (all) {
        advance(request, logitsOf(logits, wanted++));
      }
    }
  }

  private float[] logitsOf(float[] logits, int index) {
    if (logits.length == row.length) {
      return logits;
    }
    System.arraycopy(logits, index * row.length, row, 0, row.length);
    return row;
  }

  private void advance(Request request, float[] logits) {
    Finish finish;
    try {
      finish = request.generator.advance(logits);
    } catch (RuntimeException | Error e) {
      running.remove(request);
      loaded.close(request.sequence);
      request.fail(e);
      return;
    }
    if (finish == null && request.generator.isFull()) {
      int kept = request.generator.makeRoom();
      if (kept < 0) {
        finish = Finish.CONTEXT_FULL;
      } else {
        request.sequence.rewind(kept);
      }
    }
    if (finish != null) {
      end(request, finish);
    }
  }

  private void failAll(Throwable cause) {
    for (Request request : List.copyOf(running)) {
      stop(request);
      request.fail(cause);
    }
    while (!waiting.isEmpty()) {
      waiting.poll().fail(cause);
    }
  }

  void cancelAll() {
    for (Request request : List.copyOf(running)) {
      end(request, Finish.CANCELLED);
    }
    while (!waiting.isEmpty()) {
      waiting.poll().finish(Finish.CANCELLED);
    }
  }
}
