package dev.lamina.quantize.quality;

import dev.lamina.engine.schedule.Session;
import dev.lamina.text.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A question with several answers; the model is right if a right answer is the likeliest.
 *
 * @param question what comes before the answer and a space
 * @param right indices of the right answers
 */
public record ChoiceTask(String question, List<String> answers, Set<Integer> right) {
  public ChoiceTask {
    answers = List.copyOf(answers);
    right = Set.copyOf(right);
  }

  /**
   * Tokens that a session must have room for.
   *
   * @throws IllegalArgumentException if the task makes no sense to the tokenizer
   */
  public int size(Tokenizer tokenizer) {
    return continuations(tokenizer).size();
  }

  /**
   * Mean log-probability of the tokens of each answer.
   *
   * @param session with room for {@link #size} tokens
   */
  public double[] scores(Session session) {
    double[][] tokens = continuations(session.model().tokenizer()).logProbabilities(session);
    return Arrays.stream(tokens)
        .mapToDouble(all -> Arrays.stream(all).average().orElseThrow())
        .toArray();
  }

  /** The index of the highest of some scores, the first of equals. */
  public static int best(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    return best;
  }

  private Continuations continuations(Tokenizer tokenizer) {
    return Continuations.of(
        answers.stream()
            .map(answer -> tokenizer.encode(question + " " + answer, true, false))
            .toArray(int[][]::new));
  }
}
