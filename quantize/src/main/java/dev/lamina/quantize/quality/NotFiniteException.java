package dev.lamina.quantize.quality;

/**
 * A model computed something infinite or NaN, so there is no figure. The message is one line that
 * says what.
 */
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NotFiniteException(String message) {
    super(message);
  }

  /**
   * Checks what a model predicts.
   *
   * @param logits [nVocab]
   * @param window index from 0
   * @throws NotFiniteException if it gives no probabilities
   */
  public static void checkLogits(float[] logits, int nVocab, int window) {
    check("prediction", LogProbabilities.normalizer(logits, 0, nVocab), window);
  }

  /**
   * Checks a figure of a window of text.
   *
   * @param what such as {@code perplexity}
   * @param window index from 0
   * @throws NotFiniteException if the value is infinite or NaN
   */
  public static void check(String what, double value, int window) {
    if (!Double.isFinite(value)) {
      throw new NotFiniteException(
          "the "
              + what
              + " is "
              + (Double.isNaN(value) ? "not a number (NaN)" : "infinite")
              + " from window "
              + (window + 1)
              + " on: the model file is damaged, or computes nonsense with this text");
    }
  }
}
