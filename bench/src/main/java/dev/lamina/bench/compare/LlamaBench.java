package dev.lamina.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.FlashAttention;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** The llama-bench of llama.cpp, which is started for each repetition of some tests. */
public final class LlamaBench {
  /** Placeholder of the model's folder in the command. */
  private static final String FOLDER = "{folder}";

  /** Placeholder of the model's file name in the command. */
  private static final String NAME = "{name}";

  /**
   * One repetition.
   *
   * @param speed tokens per second
   * @param build of llama.cpp
   */
  record Answer(double speed, String build) {}

  private final List<String> command;

  private LlamaBench(List<String> command) {
    this.command = command;
  }

  /**
   * @param command the program, or a command line that ends with it, split at spaces. In it {@code
   *     {folder}} and {@code {name}} stand for the model's folder and file name; if {@code {name}}
   *     occurs, the command says itself which model to load, and {@code -m} is not added
   */
  public static LlamaBench of(String command) {
    // The path of a program may have spaces.
    boolean isFile = Files.isRegularFile(Path.of(command));
    return new LlamaBench(isFile ? List.of(command) : List.of(command.strip().split("\\s+")));
  }

  /**
   * Checks that llama-bench can be run, before minutes are spent on measuring.
   *
   * @throws LlamaBenchException if it cannot
   */
  public void check(Path model) {
    List<String> line = new ArrayList<>(program(model));
    line.add("--help");
    Subprocess.run(line);
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
    return answers(Subprocess.run(line), tests);
  }

  List<String> commandLine(Path model, BenchRun run, List<BenchTest> tests, BenchPlace place) {
    List<String> line = new ArrayList<>(program(model));
    if (command.stream().noneMatch(part -> part.contains(NAME))) {
      line.addAll(List.of("-m", model.toAbsolutePath().toString()));
    }
    addTests(line, tests);
    if (run.test().nDepth() > 0) {
      line.addAll(List.of("-d", String.valueOf(run.test().nDepth())));
    }
    addSettings(line, run.settings());
    line.addAll(List.of("-ngl", String.valueOf(place.gpuLayers())));
    if (!place.hasGpu()) {
      // Even without layers there, llama.cpp would prefill on a GPU.
      line.addAll(List.of("-dev", "none"));
    }
    line.addAll(List.of("-r", "1", "-o", "json"));
    return line;
  }

  private List<String> program(Path model) {
    Path absolute = model.toAbsolutePath();
    String folder = String.valueOf(absolute.getParent());
    String name = String.valueOf(absolute.getFileName());
    return command.stream().map(part -> part.replace(FOLDER, folder).replace(NAME, name)).toList();
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

  private static void addSettings(List<String> line, BenchSettings settings) {
    line.addAll(List.of("-t", String.valueOf(settings.threads())));
    line.addAll(List.of("-b", String.valueOf(settings.nBatch())));
    line.addAll(List.of("-ub", String.valueOf(settings.nUbatch())));
    line.addAll(List.of("-ctk", settings.keyType().name().toLowerCase(Locale.ROOT)));
    line.addAll(List.of("-ctv", settings.valueType().name().toLowerCase(Locale.ROOT)));
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
    String start = output.strip().lines().findFirst().orElse("nothing");
    String shown = start.length() > 80 ? start.substring(0, 80) + "..." : start;
    return new LlamaBenchException(
        "llama-bench printed no result that can be read, but: " + shown, cause);
  }
}
