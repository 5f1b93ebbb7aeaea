package dev.lamina.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.FlashAttention;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** The llama-bench of llama.cpp, which is started for each repetition of some tests. */
public final class LlamaBench {
  static final String PROGRAM = "llama-bench";

  private static final Subprocess PROCESS =
      new Subprocess(
          PROGRAM, "put llama.cpp's llama-bench on the PATH, or name it with --llama-bench");

  /**
   * One repetition.
   *
   * @param speed tokens per second
   * @param build of llama.cpp
   */
  record Answer(double speed, String build) {}

  private final LlamaCommand command;

  private LlamaBench(LlamaCommand command) {
    this.command = command;
  }

  /**
   * @param command as {@link LlamaCommand#of} takes it
   */
  public static LlamaBench of(String command) {
    return new LlamaBench(LlamaCommand.of(command));
  }

  /**
   * Checks that llama-bench can be run, before minutes are spent on measuring.
   *
   * @throws LlamaBenchException if it cannot
   */
  public void check(Path model) {
    List<String> line = command.program(model);
    line.add("--help");
    PROCESS.run(line);
  }

  /**
   * Times tests once each.
   *
   * @param run with the first of the tests; the others have its settings and depth
   * @param warmUp whether llama-bench may warm up before
   * @param place where Lamina ran it: llama.cpp gets as many layers on GPUs
   * @throws LlamaBenchException if it fails or prints anything but these tests' results
   */
  Map<BenchTest, Answer> time(
      Path model, BenchRun run, List<BenchTest> tests, BenchPlace place, boolean warmUp) {
    List<String> line = commandLine(model, run, tests, place);
    if (!warmUp) {
      line.add("--no-warmup");
    }
    return answers(PROCESS.run(line).output(), tests);
  }

  List<String> commandLine(Path model, BenchRun run, List<BenchTest> tests, BenchPlace place) {
    List<String> line = command.withModel(model);
    addTests(line, tests);
    if (run.test().nDepth() > 0) {
      line.addAll(List.of("-d", String.valueOf(run.test().nDepth())));
    }
    LlamaCommand.addSettings(line, run.settings());
    addOwnSettings(line, run.settings());
    LlamaCommand.addDevices(line, place);
    line.addAll(List.of("-r", "1", "-o", "json"));
    return line;
  }

  private static void addTests(List<String> line, List<BenchTest> tests) {
    line.addAll(List.of("-p", numbers(tests, t -> t.nGen() == 0 ? t.nPrompt() : 0)));
    line.addAll(List.of("-n", numbers(tests, t -> t.nPrompt() == 0 ? t.nGen() : 0)));
    for (BenchTest test : tests) {
      if (test.nPrompt() > 0 && test.nGen() > 0) {
        line.addAll(List.of("-pg", test.nPrompt() + "," + test.nGen()));
      }
    }
  }

  /** Those that are not 0, or else 0, since llama-bench has tests that it does by default. */
  private static String numbers(List<BenchTest> tests, ToIntFunction<BenchTest> number) {
    String numbers =
        tests.stream()
            .mapToInt(number)
            .filter(n -> n > 0)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(","));
    return numbers.isEmpty() ? "0" : numbers;
  }

  private static void addOwnSettings(List<String> line, BenchSettings settings) {
    // Older versions know neither auto nor --repack.
    if (settings.flashAttention() != FlashAttention.AUTO) {
      line.addAll(List.of("-fa", String.valueOf(settings.flashAttention().number())));
    }
    if (!settings.repack()) {
      line.addAll(List.of("--repack", "0"));
    }
  }

  private static Map<BenchTest, Answer> answers(String output, List<BenchTest> tests) {
    JsonNode list;
    try {
      list = new ObjectMapper().readTree(output);
    } catch (JsonProcessingException e) {
      throw unreadable(output, e);
    }
    Map<BenchTest, Answer> answers = new LinkedHashMap<>();
    for (JsonNode result : list) {
      double nanos = result.path("samples_ns").path(0).asDouble();
      if (nanos <= 0) {
        throw unreadable(output, null);
      }
      BenchTest test = measured(result, output);
      String build =
          result.path("build_commit").asText() + " (" + result.path("build_number").asText() + ")";
      answers.put(test, new Answer(test.tokens() * 1e9 / nanos, build));
    }
    if (answers.isEmpty()) {
      throw unreadable(output, null);
    }
    if (!answers.keySet().equals(Set.copyOf(tests))) {
      throw new LlamaBenchException(
          "llama-bench was asked for " + names(tests) + " and measured " + names(answers.keySet()));
    }
    return answers;
  }

  private static String names(Collection<BenchTest> tests) {
    return tests.stream().map(BenchTest::name).collect(Collectors.joining(", "));
  }

  private static BenchTest measured(JsonNode result, String output) {
    try {
      return new BenchTest(
          result.path("n_prompt").asInt(),
          result.path("n_gen").asInt(),
          result.path("n_depth").asInt());
    } catch (IllegalArgumentException e) {
      throw unreadable(output, e);
    }
  }

  private static LlamaBenchException unreadable(String output, Throwable cause) {
    return PROCESS.unreadable(output, cause);
  }
}
