package dev.lamina.quantize.quality;

import dev.lamina.engine.sampling.Mt19937;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The random choice of tasks that llama-perplexity makes for Winogrande and multiple choice. */
final class TaskSample {
  private TaskSample() {}

  /**
   * Indices of the tasks to do: all in order, or some at random.
   *
   * @param most how many; 0 or more than there are: all
   */
  static List<Integer> indices(int count, int most) {
    List<Integer> left = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    if (most == 0 || most >= count) {
      return left;
    }
    Mt19937 random = new Mt19937(1);
    List<Integer> selected = new ArrayList<>();
    while (selected.size() < most) {
      // In floats, as there.
      float place = 0x1p-32f * (float) Integer.toUnsignedLong(random.nextInt()) * left.size();
      int at = Math.min((int) place, left.size() - 1);
      selected.add(left.get(at));
      left.set(at, left.getLast());
      left.removeLast();
    }
    return selected;
  }
}
