package dev.lamina.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.batched.BatchedRun;
import dev.lamina.bench.batched.BatchedTimes;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The llama-batched-bench of llama.cpp, which is started for each repetition of some runs. */
public final class LlamaBatchedBench {
  private static final String PROGRAM = "llama-batched-bench";

  private static final Subprocess PROCESS =
      new Subprocess(
          PROGRAM,
          "with -np, --compare needs llama.cpp's llama-batched-bench in the folder of llama-bench");

  /** llama.cpp rounds the context of a sequence up to a multiple of this. */
  private static final int CONTEXT_STEP = 256;

  private static final String VERSION = "version: ";

  private final LlamaCommand command;

  private LlamaBatchedBench(LlamaCommand command) {
    this.command = command;
  }

  /**
   * The program beside llama-bench.
   *
   * @param command how llama-bench is called, as {@link LlamaCommand#of} takes it
   * @throws IllegalArgumentException if it is not llama-bench that is called
   */
  public static LlamaBatchedBench of(String command) {
    return new LlamaBatchedBench(LlamaCommand.of(command).beside(LlamaBench.PROGRAM, PROGRAM));
  }

  /**
   * Checks that the program can be run, before minutes are spent on measuring.
   *
   * @return the build of llama.cpp
   * @throws LlamaBenchException if it cannot
   */
  String build(Path model) {
    List<String> line = command.program(model);
    line.add("--version");
    Subprocess.Printed printed = PROCESS.run(line);
    return (printed.output() + "\n" + printed.errors())
        .lines()
        .filter(text -> text.startsWith(VERSION))
        .map(text -> text.substring(VERSION.length()).strip())
        .findFirst()
        .orElse("unknown");
  }

  /**
   * Runs streams once.
   *
   * @param run the tokens of each stream and the settings
   * @param streams numbers of streams
   * @param place where Lamina ran it: llama.cpp gets as many layers on GPUs
   * @return the times by numbers of streams
   * @throws LlamaBenchException if it fails or prints anything but these runs' results
   */
  Map<Integer, BatchedTimes> time(
      Path model, BenchRun run, Set<Integer> streams, BenchPlace place) {
    String output = PROCESS.run(commandLine(model, run, streams, place)).output();
    Map<Integer, BatchedTimes> times = new TreeMap<>();
    for (String line : output.lines().filter(text -> !text.isBlank()).toList()) {
      JsonNode result = object(line, output);
      int n = result.path("pl").asInt();
      double prompts = result.path("t_pp").asDouble();
      double generation = result.path("t_tg").asDouble();
      if (result.path("pp").asInt() != run.test().nPrompt()
          || result.path("tg").asInt() != run.test().nGen()
          || !streams.contains(n)
          || prompts <= 0
          || generation <= 0) {
        throw PROCESS.unreadable(line, null);
      }
      times.put(n, new BatchedTimes(prompts, generation));
    }
    if (!times.keySet().equals(streams)) {
      throw new LlamaBenchException(
          PROGRAM + " was asked for " + streams + " texts and measured " + times.keySet());
    }
    return times;
  }

  List<String> commandLine(Path model, BenchRun run, Set<Integer> streams, BenchPlace place) {
    List<String> line = command.withModel(model);
    line.addAll(List.of("-npp", String.valueOf(run.test().nPrompt())));
    line.addAll(List.of("-ntg", String.valueOf(run.test().nGen())));
    line.add("-npl");
    line.add(streams.stream().map(String::valueOf).collect(Collectors.joining(",")));
    line.addAll(List.of("-c", String.valueOf(context(run, streams))));
    LlamaCommand.addSettings(line, run.settings());
    addOwnSettings(line, run.settings());
    LlamaCommand.addDevices(line, place);
    line.addAll(List.of("--output-format", "jsonl"));
    return line;
  }

  /** Positions for the most streams; llama.cpp gives each stream an equal part. */
  private static long context(BenchRun run, Set<Integer> streams) {
    int most = streams.stream().mapToInt(n -> n).max().orElseThrow();
    int positions = new BatchedRun(run, most).positions();
    return (long) most * Math.ceilDiv(positions, CONTEXT_STEP) * CONTEXT_STEP;
  }

  private static void addOwnSettings(List<String> line, BenchSettings settings) {
    line.addAll(List.of("-tb", String.valueOf(settings.threads())));
    line.addAll(List.of("-fa", settings.flashAttention().name().toLowerCase(Locale.ROOT)));
    if (!settings.repack()) {
      line.add("--no-repack");
    }
  }

  private static JsonNode object(String line, String output) {
    try {
      JsonNode node = new ObjectMapper().readTree(line);
      if (node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw PROCESS.unreadable(output, e);
    }
    throw PROCESS.unreadable(output, null);
  }
}
