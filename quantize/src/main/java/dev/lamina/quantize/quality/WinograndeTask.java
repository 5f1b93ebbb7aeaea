package dev.lamina.quantize.quality;

import dev.lamina.engine.schedule.Session;
import dev.lamina.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A sentence with a gap for one of two words; the model is right if it finds the rest of the
 * sentence likelier after the right word.
 *
 * @param first the sentence before the gap
 * @param second after it
 * @param answer 1 or 2
 */
public record WinograndeTask(
    String first, String second, String choice1, String choice2, int answer) {

  /**
   * Scores leave out the word itself, which may be likelier for reasons of its own, if more tokens
   * than this come from there on.
   */
  private static final int SHORT = 3;

  /**
   * Reads llama-perplexity's file: lines of {@code index,sentence,choice,choice,answer} with {@code
   * _} for the gap; the sentence may be in double quotes.
   *
   * @param most tasks, chosen at random; 0: all
   * @param warnings takes a line for each that is left out because it is not of this form
   */
  public static List<WinograndeTask> parse(String text, int most, Consumer<String> warnings) {
    List<WinograndeTask> all = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        all.add(parseLine(line));
      } catch (IllegalArgumentException e) {
        warnings.accept("line " + number + " is left out: " + e.getMessage());
      }
    }
    return TaskSample.indices(all.size(), most).stream().map(all::get).toList();
  }

  private static WinograndeTask parseLine(String line) {
    List<String> parts = parts(line);
    String sentence = parts.get(1);
    if (sentence.length() > 1 && sentence.startsWith("\"")) {
      sentence = sentence.substring(1, sentence.length() - 1);
    }
    int gap = sentence.indexOf('_');
    if (gap < 0) {
      throw new IllegalArgumentException("its sentence has no _");
    }
    String answer = parts.get(4).strip();
    if (!answer.matches("[12]")) {
      throw new IllegalArgumentException("its answer is '" + answer + "', expected 1 or 2");
    }
    return new WinograndeTask(
        sentence.substring(0, gap),
        sentence.substring(gap + 1),
        parts.get(2),
        parts.get(3),
        Integer.parseInt(answer));
  }

  /** Splits at the first four commas outside of quotes. */
  private static List<String> parts(String line) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i < line.length() && parts.size() < 4; i++) {
      if (line.charAt(i) == '"') {
        quoted = !quoted;
      } else if (line.charAt(i) == ',' && !quoted) {
        parts.add(line.substring(from, i));
        from = i + 1;
      }
    }
    if (parts.size() < 4) {
      throw new IllegalArgumentException("expected index,sentence,choice,choice,answer");
    }
    parts.add(line.substring(from));
    return parts;
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
   * Mean log-probability of the tokens after each choice, but for the last one, which is a period.
   *
   * @param session with room for {@link #size} tokens
   */
  public double[] scores(Session session) {
    Tokenizer tokenizer = session.model().tokenizer();
    Continuations both = continuations(tokenizer);
    double[][] tokens = both.logProbabilities(session);
    boolean skip = tokens[0].length > SHORT && tokens[1].length > SHORT;
    double[] scores = new double[2];
    for (int i = 0; i < 2; i++) {
      String start = first + (i == 0 ? choice1 : choice2);
      int from = skip ? tokenizer.encode(start, true, false).length - both.common() : 0;
      from = Math.clamp(from, 0, tokens[i].length - 1);
      int end = tokens[i].length - from > 1 ? tokens[i].length - 1 : tokens[i].length;
      for (int at = from; at < end; at++) {
        scores[i] += tokens[i][at] / (end - from);
      }
    }
    return scores;
  }

  private Continuations continuations(Tokenizer tokenizer) {
    return Continuations.of(
        tokenizer.encode(first + choice1 + second, true, false),
        tokenizer.encode(first + choice2 + second, true, false));
  }
}
