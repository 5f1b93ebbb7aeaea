package dev.lamina.quantize.quality;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tasks in llama-perplexity's binary file, as ARC, MMLU and TruthfulQA are published for it. All
 * numbers are 32-bit little-endian: the count of tasks, the position of each in the file, then the
 * tasks. A task is the question and two sets of answers; a set is a count, the answers, and for
 * each a 1 if it is right and else a 0. A text is its bytes after their count. Only the first set
 * counts: it has one right answer.
 */
public final class MultipleChoice {
  /** No set has more answers; the file is damaged then. */
  private static final int MOST_ANSWERS = 100;

  private MultipleChoice() {}

  /**
   * Reads tasks.
   *
   * @param most tasks, chosen at random; 0: all
   * @throws IllegalArgumentException if the bytes are not of this form; the message says where
   */
  public static List<ChoiceTask> parse(byte[] bytes, int most) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int count = in.remaining() < 4 ? 0 : in.getInt();
    if (count < 1 || count > in.remaining() / 4) {
      throw new IllegalArgumentException("it has no tasks of multiple choice");
    }
    int[] positions = new int[count];
    in.asIntBuffer().get(positions);
    boolean all = most == 0 || most >= count;
    in.position(in.position() + 4 * count);
    List<ChoiceTask> tasks = new ArrayList<>();
    for (int index : TaskSample.indices(count, most)) {
      try {
        if (!all) {
          in.position(positions[index]);
        }
        tasks.add(task(in));
      } catch (BufferUnderflowException | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "task " + (index + 1) + " of " + count + " is damaged" + reason(e), e);
      }
    }
    return tasks;
  }

  private static String reason(RuntimeException e) {
    return e instanceof BufferUnderflowException || e.getMessage() == null
        ? ""
        : ": " + e.getMessage();
  }

  private static ChoiceTask task(ByteBuffer in) {
    String question = text(in);
    List<String> answers = new ArrayList<>();
    Set<Integer> right = answers(in, answers);
    answers(in, new ArrayList<>());
    if (question.isEmpty() || answers.size() < 2 || answers.contains("")) {
      throw new IllegalArgumentException("it lacks a question or answers");
    }
    return new ChoiceTask(question, answers, right);
  }

  /** Returns the indices of the right ones. */
  private static Set<Integer> answers(ByteBuffer in, List<String> texts) {
    int count = in.getInt();
    if (count < 0 || count > MOST_ANSWERS) {
      throw new IllegalArgumentException("it has " + Integer.toUnsignedString(count) + " answers");
    }
    for (int i = 0; i < count; i++) {
      texts.add(text(in));
    }
    Set<Integer> right = new HashSet<>();
    for (int i = 0; i < count; i++) {
      if (in.getInt() == 1) {
        right.add(i);
      }
    }
    return right;
  }

  private static String text(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
