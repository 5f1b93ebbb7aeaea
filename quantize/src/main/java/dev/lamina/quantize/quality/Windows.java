package dev.lamina.quantize.quality;

import dev.lamina.engine.schedule.Session;
import dev.lamina.engine.schedule.Session.LogitsConsumer;
import dev.lamina.text.tokenizer.Vocabulary;
import java.util.Arrays;

/**
 * A text cut into windows, each evaluated by itself. The end of a window is scored: the predictions
 * of each token there from all tokens before it. Windows follow each other, and their second halves
 * are scored; or they overlap, so that each token is scored with a longer context before it, in one
 * window. That is how llama.cpp's perplexity does it.
 *
 * @param tokens of the text, from the start of the first window to the end of the last
 * @param size tokens of a window
 * @param count windows
 * @param step tokens from the start of a window to that of the next
 * @param first position of a window that is scored
 */
@SuppressWarnings("ArrayRecordComponent")
public record Windows(int[] tokens, int size, int count, int step, int first) {

  /** Windows that follow each other. */
  Windows(int[] tokens, int size, int count) {
    this(tokens, size, count, size, size / 2);
  }

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
    checkLength(tokens, size);
    int count = most < 0 ? tokens.length / size : Math.min(most, tokens.length / size);
    return new Windows(Arrays.copyOf(tokens, count * size), size, count);
  }

  private static void checkLength(int[] tokens, int size) {
    if (tokens.length < 2L * size) {
      throw new ShortTextException(tokens.length, size);
    }
  }

  /**
   * Windows that overlap, of which the last {@code stride} tokens are scored. As in llama.cpp, they
   * have half a stride more tokens than asked for.
   *
   * @param size tokens of a window, without that half
   * @param most windows; -1 for all
   * @throws IllegalArgumentException if the text is too short, or the stride no part of a window
   */
  public static Windows sliding(int[] tokens, int size, int stride, int most) {
    int longer = size + stride / 2;
    if (stride < 1 || stride >= longer) {
      throw new IllegalArgumentException(
          "the stride is " + stride + ", expected 1 or more, and less than the context of " + size);
    }
    checkLength(tokens, longer);
    int all = Math.ceilDiv(tokens.length - longer, stride);
    int count = most < 0 ? all : Math.min(most, all);
    int[] used = Arrays.copyOf(tokens, (count - 1) * stride + longer);
    return new Windows(used, longer, count, stride, longer - stride - 1);
  }

  /** Tokens of a window that are predicted. */
  public int scored() {
    return size - 1 - first;
  }

  /** The token that follows a scored position. */
  public int next(int window, int position) {
    return tokens[window * step + position + 1];
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
    if (first > 0) {
      session.eval(part, 0, first);
    }
    int[] rest = Arrays.copyOfRange(part, first, size - 1);
    session.evalAll(
        rest, (index, logits, offset) -> consumer.accept(first + index, logits, offset));
  }

  /** The tokens of a window as a model is given them: with BOS in the first place if it has one. */
  public int[] tokens(int window, Vocabulary vocabulary) {
    int[] part = Arrays.copyOfRange(tokens, window * step, window * step + size);
    if (vocabulary.addBos()) {
      part[0] = vocabulary.bos();
    }
    return part;
  }
}
