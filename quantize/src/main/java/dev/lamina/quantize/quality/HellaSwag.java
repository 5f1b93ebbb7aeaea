package dev.lamina.quantize.quality;

import dev.lamina.engine.sampling.Mt19937;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Tasks of HellaSwag in llama-perplexity's text file: six lines for each, the activity with the
 * context, the index of the right ending, and four endings.
 */
public final class HellaSwag {
  private static final int LINES = 6;
  private static final int ENDINGS = 4;

  private HellaSwag() {}

  /**
   * @throws IllegalArgumentException if the text is not of this form; the message says where
   */
  public static List<ChoiceTask> parse(String text) {
    List<String> lines = text.strip().lines().toList();
    if (lines.size() < LINES || lines.size() % LINES != 0) {
      throw new IllegalArgumentException(
          "there are " + lines.size() + " lines, expected six for each task");
    }
    List<ChoiceTask> tasks = new ArrayList<>();
    for (int at = 0; at < lines.size(); at += LINES) {
      String right = lines.get(at + 1).strip();
      if (!right.matches("[0-3]")) {
        throw new IllegalArgumentException(
            "line " + (at + 2) + " is '" + right + "', expected the right ending, from 0 to 3");
      }
      tasks.add(
          new ChoiceTask(
              lines.get(at),
              lines.subList(at + 2, at + 2 + ENDINGS),
              Set.of(Integer.parseInt(right))));
    }
    return tasks;
  }

  /**
   * Some tasks in random order, the same as llama-perplexity's.
   *
   * @param most how many; all if there are fewer
   */
  public static List<ChoiceTask> select(List<ChoiceTask> tasks, int most) {
    List<ChoiceTask> left = new ArrayList<>(tasks);
    List<ChoiceTask> selected = new ArrayList<>();
    Mt19937 random = new Mt19937(1);
    while (selected.size() < most && !left.isEmpty()) {
      selected.add(left.remove(below(left.size(), random)));
    }
    return selected;
  }

  /**
   * A uniform number below {@code n}, by Lemire's method (2019), which the GNU library's {@code
   * uniform_int_distribution} uses.
   */
  private static int below(int n, Mt19937 random) {
    long product = Integer.toUnsignedLong(random.nextInt()) * n;
    if (Integer.compareUnsigned((int) product, n) < 0) {
      int threshold = Integer.remainderUnsigned(-n, n);
      while (Integer.compareUnsigned((int) product, threshold) < 0) {
        product = Integer.toUnsignedLong(random.nextInt()) * n;
      }
    }
    return (int) (product >>> 32);
  }
}
