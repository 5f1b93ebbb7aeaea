package dev.lamina.engine.schedule;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.Sequence;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.placement.Placement;
import dev.lamina.engine.placement.Placer;
import java.util.Arrays;

/**
 * One sequence of a loaded model that it has to itself, with calls that return when the tokens are
 * evaluated. Used by one thread at a time.
 */
public final class Session implements AutoCloseable {
  private final LoadedModel loaded;
  private final RuntimeConfig config;
  private final Sequence sequence;
  private final Batch batch;
  private final boolean ownsModel;

  /** A session with all layers on one backend. The caller closes the backend. */
  public Session(Model model, Backend backend, RuntimeConfig config) {
    this(LoadedModel.on(backend, model, config), true);
  }

  /**
   * A session with the layers where the placer puts them. When a device fails, the session
   * continues without it.
   *
   * @param placer a placer that nobody else uses
   */
  public Session(Placer placer) {
    this(new LoadedModel(placer), true);
  }

  /** A session of a model that the caller closes. */
  public Session(LoadedModel loaded) {
    this(loaded, false);
  }

  private Session(LoadedModel loaded, boolean ownsModel) {
    this.loaded = loaded;
    this.ownsModel = ownsModel;
    this.config = loaded.config();
    this.sequence = loaded.open();
    this.batch = loaded.newBatch();
  }

  public Model model() {
    return loaded.model();
  }

  /** The current placement of the layers. */
  public Placement placement() {
    return loaded.placement();
  }

  /** Positions that the context holds. */
  public int contextLength() {
    return config.contextLength();
  }

  /** Tokens evaluated so far. */
  public int position() {
    return sequence.position();
  }

  /**
   * Evaluates the tokens after those so far.
   *
   * @return the logits after the last one, [nVocab], overwritten by the next call
   * @throws ContextFullException if they do not fit; nothing is evaluated then
   */
  public float[] eval(int[] tokens, int offset, int count) {
    eval(tokens, offset, count, (done, total) -> true);
    return logits();
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
    return loaded.logits();
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
    int nVocab = model().config().nVocab();
    for (int done = 0; done < tokens.length; done += step) {
      int n = Math.min(step, tokens.length - done);
      forward(tokens, done, n, 0);
      for (int i = 0; i < n; i++) {
        consumer.accept(done + i, logits(), i * nVocab);
      }
    }
  }

  /** Forgets all positions from this one on. */
  public void truncate(int newPosition) {
    rewind(newPosition);
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
    if (from < 0 || count < 0 || count > position() - from) {
      throw new IllegalArgumentException(
          "cannot forget " + count + " tokens from " + from + " on of " + position());
    }
    int[] moved = Arrays.copyOfRange(sequence.tokens(), from + count, position());
    rewind(from);
    eval(moved);
  }

  private void rewind(int newPosition) {
    int[] tokens = Arrays.copyOf(sequence.tokens(), newPosition);
    sequence.rewind(newPosition);
    restore(tokens); // where layers have forgotten more
  }

  /** Length of the longest common start of these tokens and the evaluated ones. */
  public int commonPrefix(int[] tokens) {
    return sequence.commonStart(tokens);
  }

  @Override
  public void close() {
    loaded.close(sequence);
    if (ownsModel) {
      loaded.close();
    }
  }

  private void requireRoom(int count) {
    if (count > config.contextLength() - position()) {
      throw new ContextFullException(position(), count, config.contextLength());
    }
  }

  private void forward(int[] tokens, int offset, int count, int firstWanted) {
    while (true) {
      int before = position();
      try {
        pass(tokens, offset, count, firstWanted);
        return;
      } catch (DeviceLostException e) {
        restore(Arrays.copyOf(sequence.tokens(), before));
      }
    }
  }

  private void pass(int[] tokens, int offset, int count, int firstWanted) {
    if (!loaded.reserve(sequence, count)) {
      throw new ContextFullException(position(), count, loaded.memory().mostPositions());
    }
    batch.clear();
    batch.add(sequence.tables(), position(), tokens, offset, count, firstWanted);
    loaded.forward(batch);
    sequence.advance(tokens, offset, count);
  }

  /** Evaluates the tokens so far again. */
  private void restore(int[] tokens) {
    while (position() < tokens.length) {
      int count = Math.min(config.batchSize(), tokens.length - position());
      try {
        pass(tokens, position(), count, count);
      } catch (DeviceLostException e) {
        // Another one, which leaves the sequence empty: from the beginning.
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
