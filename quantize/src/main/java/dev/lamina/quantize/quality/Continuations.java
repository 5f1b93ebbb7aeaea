package dev.lamina.quantize.quality;

import dev.lamina.engine.schedule.Session;
import java.util.Arrays;

/**
 * Token sequences with a common start; computes how likely a model finds the rest of each.
 *
 * @param sequences two or more, each with at least one token after the common start
 * @param common tokens of the common start, at least one
 */
@SuppressWarnings("ArrayRecordComponent")
record Continuations(int[][] sequences, int common) {

  /**
   * @throws IllegalArgumentException if a sequence has fewer than two tokens, or they have not even
   *     the first one in common
   */
  static Continuations of(int[]... sequences) {
    int common = Integer.MAX_VALUE;
    for (int[] sequence : sequences) {
      // Something must be left to predict.
      common = Math.min(common, sequence.length - 1);
      int mismatch = Arrays.mismatch(sequence, sequences[0]);
      common = mismatch < 0 ? common : Math.min(common, mismatch);
    }
    if (common < 1) {
      throw new IllegalArgumentException("its texts have no common start");
    }
    return new Continuations(sequences, common);
  }

  /** Tokens of the longest sequence, which a session must have room for. */
  int size() {
    return Arrays.stream(sequences).mapToInt(sequence -> sequence.length).max().orElse(0);
  }

  /**
   * Evaluates the sequences.
   *
   * @return natural log-probabilities of the tokens of each sequence from {@link #common} on
   */
  double[][] logProbabilities(Session session) {
    session.truncate(0);
    int nVocab = session.model().config().nVocab();
    float[] afterStart = Arrays.copyOf(session.eval(sequences[0], 0, common), nVocab);
    double startNormalizer = LogProbabilities.normalizer(afterStart, 0, nVocab);
    double[][] result = new double[sequences.length][];
    for (int s = 0; s < sequences.length; s++) {
      int[] sequence = sequences[s];
      double[] own = new double[sequence.length - common];
      own[0] = afterStart[sequence[common]] - startNormalizer;
      session.truncate(common);
      session.evalAll(
          Arrays.copyOfRange(sequence, common, sequence.length - 1),
          (index, logits, offset) ->
              own[index + 1] =
                  logits[offset + sequence[common + index + 1]]
                      - LogProbabilities.normalizer(logits, offset, nVocab));
      result[s] = own;
    }
    return result;
  }
}
