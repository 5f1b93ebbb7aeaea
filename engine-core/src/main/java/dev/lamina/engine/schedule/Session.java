package dev.lamina.engine.schedule;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.placement.DeviceFailure;
import dev.lamina.engine.placement.Pipeline;
import dev.lamina.engine.placement.Placement;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.placement.Target;
import java.util.Arrays;
import java.util.List;

/**
 * One sequence of tokens in a model's context. It evaluates tokens and returns the logits of the
 * next one. It owns its KV cache and shares the model. Used by one thread at a time.
 */
public final class Session implements AutoCloseable {
  private final Model model;
  private final SessionConfig config;
  private final Placer placer;
  private final Batch batch;
  private final float[] logits;
  private final int[] history;
  private Pipeline pipeline;
  private int position;

  /** A session with all layers on one backend. The caller closes the backend. */
  public Session(Model model, Backend backend, SessionConfig config) {
    this(
        new Placer(
            model,
            config,
            PlacementOptions.layers(0),
            List.of(Target.only(backend)),
            warning -> {}));
  }

  /**
   * A session with the layers where the placer puts them. When a device fails, the session
   * continues without it.
   *
   * @param placer a placer that no other session uses
   */
  public Session(Placer placer) {
    this.placer = placer;
    this.model = placer.model();
    this.config = placer.config();
    this.pipeline = placer.load();
    this.batch = new Batch(config.batchSize());
    this.logits = placer.logits();
    this.history = new int[config.contextLength()];
  }

  public Model model() {
    return model;
  }

  /** The current placement of the layers. */
  public Placement placement() {
    return pipeline.placement();
  }

  /** Positions that the context holds. */
  public int contextLength() {
    return config.contextLength();
  }

  /** Tokens evaluated so far. */
  public int position() {
    return position;
  }

  /**
   * Evaluates the tokens after those so far.
   *
   * @return the logits after the last one, [nVocab], overwritten by the next call
   * @throws ContextFullException if they do not fit; nothing is evaluated then
   */
  public float[] eval(int[] tokens, int offset, int count) {
    eval(tokens, offset, count, (done, total) -> true);
    return logits;
  }

  /**
   * As {@link #eval(int[], int, int)}; the listener is called before each batch and can stop the
   * evaluation.
   *
   * @return false if the listener stopped it; {@link #position()} tells where
   * @throws ContextFullException if the tokens do not fit; nothing is evaluated then
   */
  public boolean eval(int[] tokens, int offset, int count, BatchListener listener) {
    requireRoom(count);
    for (int done = 0; done < count; ) {
      if (!listener.beforeBatch(done, count)) {
        return false;
      }
      int n = Math.min(config.batchSize(), count - done);
      boolean last = done + n == count;
      forward(tokens, offset + done, n, last ? n - 1 : n);
      done += n;
    }
    return true;
  }

  /** The logits after the last evaluated token, [nVocab], overwritten by the next evaluation. */
  public float[] logits() {
    return logits;
  }

  /** As {@link #eval(int[], int, int)} for all tokens of an array. */
  public float[] eval(int[] tokens) {
    return eval(tokens, 0, tokens.length);
  }

  /**
   * Evaluates the tokens and passes the logits after each of them to the consumer.
   *
   * @throws ContextFullException if they do not fit; nothing is evaluated then
   */
  public void evalAll(int[] tokens, LogitsConsumer consumer) {
    requireRoom(tokens.length);
    int step = Math.min(config.batchSize(), config.maxLogits());
    int nVocab = model.config().nVocab();
    for (int done = 0; done < tokens.length; done += step) {
      int n = Math.min(step, tokens.length - done);
      forward(tokens, done, n, 0);
      for (int i = 0; i < n; i++) {
        consumer.accept(done + i, logits, i * nVocab);
      }
    }
  }

  /** Forgets all positions from this one on. */
  public void truncate(int newPosition) {
    if (newPosition < 0 || newPosition > position) {
      throw new IllegalArgumentException("cannot go from " + position + " to " + newPosition);
    }
    position = newPosition;
  }

  /**
   * Forgets tokens within the sequence. The tokens after them move up and are evaluated again, so
   * the session is as if the forgotten tokens had never been there. Moving their cache entries
   * would be faster, but those were computed with attention to the forgotten tokens.
   *
   * @param from position of the first token to forget
   * @param count how many
   */
  public void forget(int from, int count) {
    if (from < 0 || count < 0 || count > position - from) {
      throw new IllegalArgumentException(
          "cannot forget " + count + " tokens from " + from + " on of " + position);
    }
    int[] moved = Arrays.copyOfRange(history, from + count, position);
    position = from;
    eval(moved);
  }

  /** Length of the longest common start of these tokens and the evaluated ones. */
  public int commonPrefix(int[] tokens) {
    int mismatch = Arrays.mismatch(tokens, 0, tokens.length, history, 0, position);
    return mismatch < 0 ? position : mismatch;
  }

  @Override
  public void close() {
    pipeline.close();
  }

  private void requireRoom(int count) {
    if (count > config.contextLength() - position) {
      throw new ContextFullException(position, count, config.contextLength());
    }
  }

  private void forward(int[] tokens, int offset, int count, int firstWanted) {
    System.arraycopy(tokens, offset, history, position, count);
    batch.set(tokens, offset, count, position, firstWanted);
    while (true) {
      try {
        pipeline.forward(batch);
        position += count;
        return;
      } catch (DeviceFailure e) {
        recover(e);
        batch.set(history, position, count, position, firstWanted);
      }
    }
  }

  /** Loads the model without the failed device and evaluates all tokens so far again. */
  private void recover(DeviceFailure first) {
    DeviceFailure failure = first;
    while (failure != null) {
      pipeline = placer.loadWithout(pipeline, failure);
      failure = null;
      try {
        for (int done = 0; done < position; ) {
          int n = Math.min(config.batchSize(), position - done);
          batch.set(history, done, n, done, n);
          pipeline.forward(batch);
          done += n;
        }
      } catch (DeviceFailure e) {
        failure = e;
      }
    }
  }

  /** Called before each batch of an evaluation. */
  @FunctionalInterface
  public interface BatchListener {
    /**
     * @param done tokens evaluated so far
     * @param total tokens to evaluate
     * @return false to stop
     */
    boolean beforeBatch(int done, int total);
  }

  /** Receives the logits after a token. */
  @FunctionalInterface
  public interface LogitsConsumer {
    /**
     * @param index of the token in the evaluated array
     * @param logits nVocab values from {@code offset} on, valid during the call
     */
    void accept(int index, float[] logits, int offset);
  }
}
