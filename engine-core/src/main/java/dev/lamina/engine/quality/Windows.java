package dev.lamina.engine.quality;

import dev.lamina.engine.generate.Session;
import dev.lamina.engine.generate.Session.LogitsConsumer;
import dev.lamina.engine.tokenizer.Vocabulary;
import java.util.Arrays;

/**
 * A text cut into windows that are evaluated each by itself. The second half of a window is scored:
 * what the model makes of each token there but the last, given all before. That is how llama.cpp's
 * perplexity does it.
 *
 * @param tokens [count, size], without BOS
 * @param size tokens of a window
 * @param count windows
 */
@SuppressWarnings("ArrayRecordComponent")
public record Windows(int[] tokens, int size, int count) {

  /**
   * Cuts a text.
   *
   * @param most windows; -1 for all
   * @throws IllegalArgumentException if there are not two windows in it
   */
  public static Windows of(int[] tokens, int size, int most) {
    if (size < 4) {
      throw new IllegalArgumentException("windows are of " + size + " tokens, expected 4 or more");
    }
    if (tokens.length < 2 * size) {
      throw new IllegalArgumentException(
          "the text has "
              + tokens.length
              + " tokens, expected "
              + 2 * size
              + " or more for windows of "
              + size
              + "; give a longer text or a smaller context (-c)");
    }
    int count = most < 0 ? tokens.length / size : Math.min(most, tokens.length / size);
    return new Windows(Arrays.copyOf(tokens, count * size), size, count);
  }

  /** First position of a window that is scored. */
  public int first() {
    return size / 2;
  }

  /** Tokens of a window that are predicted. */
  public int scored() {
    return size - 1 - first();
  }

  /** The token that follows a scored position. */
  public int next(int window, int position) {
    return tokens[window * size + position + 1];
  }

  /**
   * Evaluates a window.
   *
   * @param session with room for {@link #size} tokens
   * @param consumer is told position and logits of all that are scored, in order
   */
  public void evaluate(int window, Session session, LogitsConsumer consumer) {
    int[] part = tokens(window, session.model().tokenizer().vocabulary());
    session.truncate(0);
    session.eval(part, 0, first());
    int[] rest = Arrays.copyOfRange(part, first(), size - 1);
    session.evalAll(
        rest, (index, logits, offset) -> consumer.accept(first() + index, logits, offset));
  }

  /** The tokens of a window as a model is given them: with BOS in the first place if it has one. */
  public int[] tokens(int window, Vocabulary vocabulary) {
    int[] part = Arrays.copyOfRange(tokens, window * size, (window + 1) * size);
    if (vocabulary.addBos()) {
      part[0] = vocabulary.bos();
    }
    return part;
  }
}
