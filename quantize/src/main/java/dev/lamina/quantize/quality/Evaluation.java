package dev.lamina.quantize.quality;

import dev.lamina.engine.schedule.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.ObjIntConsumer;

/**
 * Evaluates a text with a model: its perplexity, or its divergence from another model, the base.
 */
public final class Evaluation {
  private Evaluation() {}

  /**
   * Perplexity over all windows.
   *
   * @param base receives the model's predictions, for comparisons; may be null
   * @param afterWindow is told the perplexity so far and the window
   * @throws IOException if the base cannot be written
   * @throws NotFiniteException if it is infinite or no number
   */
  public static Perplexity perplexity(
      Session session, Windows windows, BaseFile base, ObjIntConsumer<Perplexity> afterWindow)
      throws IOException {
    int nVocab = session.model().config().nVocab();
    Perplexity perplexity = new Perplexity();
    try {
      for (int w = 0; w < windows.count(); w++) {
        int window = w;
        windows.evaluate(
            w,
            session,
            (position, logits, offset) -> {
              perplexity.add(logits, offset, nVocab, windows.next(window, position));
              if (base != null) {
                unchecked(() -> base.add(logits, offset));
              }
            });
        NotFiniteException.check("perplexity", perplexity.estimate().value(), w);
        afterWindow.accept(perplexity, w);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return perplexity;
  }

  /**
   * Divergence from the base over its first windows.
   *
   * @param base just opened; its text is read, and of the same vocabulary
   * @param count of windows; -1 or more than there are: all
   * @throws IOException if the base cannot be read
   * @throws NotFiniteException if it is infinite or no number
   */
  public static Divergence divergence(
      Session session, BaseFile base, int count, ObjIntConsumer<Divergence> afterWindow)
      throws IOException {
    Windows windows = base.windows();
    Divergence divergence = new Divergence();
    float[] expected = new float[base.nVocab()];
    int end = count < 0 ? windows.count() : Math.min(count, windows.count());
    try {
      for (int w = 0; w < end; w++) {
        int window = w;
        windows.evaluate(
            w,
            session,
            (position, logits, offset) -> {
              unchecked(() -> base.next(expected));
              divergence.add(logits, offset, expected, windows.next(window, position));
            });
        NotFiniteException.check("perplexity", divergence.perplexity().value(), w);
        NotFiniteException.check("divergence", divergence.mean().value(), w);
        afterWindow.accept(divergence, w);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return divergence;
  }

  private interface Io {
    void run() throws IOException;
  }

  private static void unchecked(Io io) {
    try {
      io.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
