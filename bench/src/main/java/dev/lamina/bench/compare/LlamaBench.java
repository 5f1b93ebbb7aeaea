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
import java.util.List;
import java.util.Locale;

/** The llama-bench of llama.cpp, which is started for each repetition of a test. */
public final class LlamaBench {
  /** What the command has in place of the folder of the model. */
  private static final String FOLDER = "{folder}";

  /** What the command has in place of the file's name. */
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
   * Finds out whether it can be run, before minutes are spent on measuring.
   *
   * @throws LlamaBenchException if it cannot
   */
  public void check(Path model) {
    List<String> line = new ArrayList<>(program(model));
    line.add("--help");
    Subprocess.run(line);
  }

  /**
   * Times a test once.
   *
   * @param warmUp whether llama-bench may warm up before
   * @param place where Lamina ran it: llama.cpp gets as many layers on GPUs
   * @throws LlamaBenchException if it fails or prints anything but this test's result
   */
  Answer time(Path model, BenchRun run, BenchPlace place, boolean warmUp) {
    List<String> line = commandLine(model, run, place);
    if (!warmUp) {
      line.add("--no-warmup");
    }
    return answer(Subprocess.run(line), run.test());
  }

  List<String> commandLine(Path model, BenchRun run, BenchPlace place) {
    List<String> line = new ArrayList<>(program(model));
    if (command.stream().noneMatch(part -> part.contains(NAME))) {
      line.addAll(List.of("-m", model.toAbsolutePath().toString()));
    }
    addTest(line, run.test());
    addSettings(line, run.settings());
    line.addAll(List.of("-ngl", String.valueOf(place.gpuLayers())));
    if (!place.hasGpu()) {
      // Even without layers there, llama.cpp would compute prompts on a GPU.
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

  private static void addTest(List<String> line, BenchTest test) {
    boolean both = test.nPrompt() > 0 && test.nGen() > 0;
    line.addAll(List.of("-p", String.valueOf(both ? 0 : test.nPrompt())));
    line.addAll(List.of("-n", String.valueOf(both ? 0 : test.nGen())));
    if (both) {
      line.addAll(List.of("-pg", test.nPrompt() + "," + test.nGen()));
    }
    if (test.nDepth() > 0) {
      line.addAll(List.of("-d", String.valueOf(test.nDepth())));
    }
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

  private static Answer answer(String output, BenchTest test) {
    JsonNode list;
    try {
      list = new ObjectMapper().readTree(output);
    } catch (JsonProcessingException e) {
      throw unreadable(output, e);
    }
    JsonNode result = list.path(0);
    double nanos = result.path("samples_ns").path(0).asDouble();
    if (list.size() != 1 || nanos <= 0) {
      throw unreadable(output, null);
    }
    BenchTest measured = measured(result, output);
    if (!measured.equals(test)) {
      throw new LlamaBenchException(
          "llama-bench was asked for " + test.name() + " and measured " + measured.name());
    }
    String build =
        result.path("build_commit").asText() + " (" + result.path("build_number").asText() + ")";
    return new Answer(test.tokens() * 1e9 / nanos, build);
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
