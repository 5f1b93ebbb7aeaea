package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.schedule.Session;
import dev.lamina.quantize.quality.Accuracy;
import dev.lamina.quantize.quality.ChoiceTask;
import dev.lamina.quantize.quality.HellaSwag;
import dev.lamina.quantize.quality.MultipleChoice;
import dev.lamina.quantize.quality.NotFiniteException;
import dev.lamina.quantize.quality.WinograndeTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Model.OptionSpec;

/** Multiple-choice tasks, with llama-perplexity's evaluation and output. */
final class PerplexityTasks implements OptionHolder {
  /** The smallest number of tasks for a final Winogrande score. */
  private static final int ENOUGH = 100;

  private boolean hellaSwag;
  private int hellaSwagTasks = 400;
  private boolean winogrande;
  private int winograndeTasks;
  private boolean multipleChoice;
  private int multipleChoiceTasks;

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("--hellaswag")
            .description(
                "the text has tasks of HellaSwag, six lines each: count how often the right ending is the likeliest"),
        boolean.class,
        value -> hellaSwag = value);
    options.add(
        OptionSpec.builder("--hellaswag-tasks")
            .paramLabel("N")
            .description("most tasks of HellaSwag (default: 400)"),
        int.class,
        value -> hellaSwagTasks = value);
    options.add(
        OptionSpec.builder("--winogrande")
            .description(
                "the text has tasks of Winogrande, lines of index,sentence,choice,choice,answer: count how often the sentence is likelier with the right choice"),
        boolean.class,
        value -> winogrande = value);
    options.add(
        OptionSpec.builder("--winogrande-tasks")
            .paramLabel("N")
            .description("most tasks of Winogrande; 0: all (default: 0)"),
        int.class,
        value -> winograndeTasks = value);
    options.add(
        OptionSpec.builder("--multiple-choice")
            .description(
                "the file (-bf) has tasks of multiple choice, in llama.cpp's binary layout: count how often a right answer is the likeliest"),
        boolean.class,
        value -> multipleChoice = value);
    options.add(
        OptionSpec.builder("--multiple-choice-tasks")
            .paramLabel("N")
            .description("most tasks of multiple choice; 0: all (default: 0)"),
        int.class,
        value -> multipleChoiceTasks = value);
  }

  /** The work of a session on the tasks. */
  interface Work {
    /**
     * Evaluates the tasks.
     *
     * @param size tokens that the session has room for
     */
    void run(Console console, Session session, int size);
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if options are out of range or exclude each other
   */
  void check(boolean divergence, boolean sliding) {
    long kinds =
        List.of(hellaSwag, winogrande, multipleChoice, divergence, sliding).stream()
            .filter(Boolean::booleanValue)
            .count();
    if (kinds > 1) {
      throw new IllegalArgumentException(
          "--hellaswag, --winogrande, --multiple-choice, --kl-divergence and --ppl-stride exclude each other");
    }
    atLeast("--hellaswag-tasks", hellaSwagTasks, 1);
    atLeast("--winogrande-tasks", winograndeTasks, 0);
    atLeast("--multiple-choice-tasks", multipleChoiceTasks, 0);
  }

  private static void atLeast(String option, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          option + " is " + value + ", expected " + least + " or more");
    }
  }

  /**
   * Reads the tasks.
   *
   * @return null if none are wanted
   * @throws CliException if the text has none
   */
  Work read(Console console, TextOptions text) {
    if (!hellaSwag && !winogrande && !multipleChoice) {
      return null;
    }
    try {
      return multipleChoice ? multipleChoice(text) : textTasks(console, text);
    } catch (IllegalArgumentException e) {
      throw new CliException("the tasks cannot be read: " + e.getMessage(), e);
    }
  }

  private Work multipleChoice(TextOptions text) {
    byte[] bytes = text.readBytes();
    if (bytes == null) {
      throw new CliException("no tasks; give a file with -bf FILE");
    }
    List<ChoiceTask> tasks = MultipleChoice.parse(bytes, multipleChoiceTasks);
    return (console, session, size) -> multipleChoice(console, session, tasks, size);
  }

  private Work textTasks(Console console, TextOptions text) {
    String lines = text.read(console);
    if (lines == null) {
      throw new CliException("no tasks; give a file with -f FILE, or pipe them in");
    }
    if (hellaSwag) {
      List<ChoiceTask> tasks = HellaSwag.select(HellaSwag.parse(lines), hellaSwagTasks);
      return (out, session, size) -> hellaSwag(out, session, tasks, size);
    }
    List<WinograndeTask> tasks =
        WinograndeTask.parse(
            lines, winograndeTasks, line -> console.err().println(SafeText.oneLine(line)));
    if (tasks.isEmpty()) {
      throw new CliException("the text has no task of Winogrande");
    }
    return (out, session, size) -> winogrande(out, session, tasks, size);
  }

  private static void hellaSwag(
      Console console, Session session, List<ChoiceTask> tasks, int size) {
    checkSizes(tasks, task -> task.size(session.model().tokenizer()), size);
    line(console, "task\tacc_norm\t95%% confidence interval");
    Accuracy accuracy = new Accuracy();
    for (ChoiceTask task : tasks) {
      double[] scores = finite(task.scores(session), accuracy.count());
      accuracy.add(task.right().contains(ChoiceTask.best(scores)));
      line(
          console,
          "%d\t%.8f%%\t[%.4f%%, %.4f%%]",
          accuracy.count(),
          100 * accuracy.share(),
          100 * accuracy.low(),
          100 * accuracy.high());
    }
  }

  private static void winogrande(
      Console console, Session session, List<WinograndeTask> tasks, int size) {
    checkSizes(tasks, task -> task.size(session.model().tokenizer()), size);
    Accuracy accuracy = new Accuracy();
    for (WinograndeTask task : tasks) {
      double[] scores = finite(task.scores(session), accuracy.count());
      int answer = scores[0] > scores[1] ? 1 : 2;
      accuracy.add(answer == task.answer());
      line(
          console,
          "%d\t%.4f\t%10.6f  %10.6f  %d  %d",
          accuracy.count(),
          100 * accuracy.share(),
          scores[0],
          scores[1],
          answer,
          task.answer());
    }
    if (accuracy.count() >= ENOUGH) {
      line(
          console,
          "%nFinal Winogrande score(%d tasks): %.4f +/- %.4f",
          accuracy.count(),
          100 * accuracy.share(),
          100 * accuracy.error());
    }
  }

  private static void multipleChoice(
      Console console, Session session, List<ChoiceTask> tasks, int size) {
    checkSizes(tasks, task -> task.size(session.model().tokenizer()), size);
    line(console, "task\tacc_norm");
    Accuracy accuracy = new Accuracy();
    int nAnswers = 0;
    for (ChoiceTask task : tasks) {
      double[] scores = finite(task.scores(session), accuracy.count());
      accuracy.add(task.right().contains(ChoiceTask.best(scores)));
      nAnswers += scores.length;
      line(console, "%d\t%.8f", accuracy.count(), 100 * accuracy.share());
    }
    int n = accuracy.count();
    line(console, "%nFinal result: %.4f +/- %.4f", 100 * accuracy.share(), 100 * accuracy.error());
    double chance = (double) n / nAnswers;
    line(console, "Random chance: %.4f +/- %.4f", 100 * chance, 100 * Accuracy.error(chance, n));
  }

  /**
   * @throws CliException if a task makes no sense or does not fit the context
   */
  private static <T> void checkSizes(List<T> tasks, ToIntFunction<T> sizes, int size) {
    List<Integer> all = new ArrayList<>();
    for (T task : tasks) {
      try {
        all.add(sizes.applyAsInt(task));
      } catch (IllegalArgumentException e) {
        throw new CliException("task " + (all.size() + 1) + ": " + e.getMessage(), e);
      }
    }
    int longest = all.stream().mapToInt(Integer::intValue).max().orElse(0);
    if (longest > size) {
      throw new CliException(
          "task %d has %d tokens, more than the context of %d; give -c %d"
              .formatted(all.indexOf(longest) + 1, longest, size, longest));
    }
  }

  private static double[] finite(double[] scores, int done) {
    if (!Arrays.stream(scores).allMatch(Double::isFinite)) {
      throw new NotFiniteException(
          "the scores of task "
              + (done + 1)
              + " are not numbers (NaN or infinite): the model file is damaged, or computes nonsense with this text");
    }
    return scores;
  }

  @SuppressWarnings("AnnotateFormatMethod") // it has few callers, which are tested
  private static void line(Console console, String format, Object... values) {
    console.line(format.formatted(values));
    console.out().flush();
  }
}
