package dev.lamina.cli;

import dev.lamina.bench.ReportedParameter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/**
 * Options of llama-bench that have no effect here, except the load mode. Each has a list of values
 * from all its occurrences.
 */
final class BenchReportedOptions {
  @Option(
      names = {"-fitt", "--fit-target"},
      paramLabel = "MIB",
      description = "memory of devices to leave free (here --vram-budget says what may be used)")
  private List<String> fitTargets = List.of();

  @Option(
      names = {"-fitc", "--fit-ctx"},
      paramLabel = "N",
      description = "least context for that")
  private List<String> fitContexts = List.of();

  @Option(
      names = {"-ncmoe", "--n-cpu-moe"},
      paramLabel = "N",
      description = "layers whose experts stay on the CPU")
  private List<String> cpuExpertLayers = List.of();

  @Option(
      names = {"-lm", "--load-mode"},
      paramLabel = "MODE",
      description =
          "how the file comes into memory: auto, none, mmap, mlock, mmap+mlock or dio (memory is not locked)")
  private List<String> loadModes = new ArrayList<>();

  @Option(
      names = {"-mmp", "--mmap"},
      paramLabel = "0|1",
      description = "older name of -lm none and -lm mmap")
  private List<String> maps = List.of();

  @Option(
      names = {"-dio", "--direct-io"},
      paramLabel = "0|1",
      description = "older name of -lm none and -lm dio")
  private List<String> directs = List.of();

  @Option(
      names = {"-lzm", "--lazy-mode"},
      paramLabel = "MODE",
      description = "on, auto or off")
  private List<String> lazyModes = List.of();

  @Option(names = "--no-host", paramLabel = "0|1", description = "use no pinned memory")
  private List<String> noHosts = List.of();

  @Option(
      names = {"-embd", "--embeddings"},
      paramLabel = "0|1",
      description = "compute embeddings too (only 0 is possible here)")
  private List<String> embeddings = List.of();

  @Option(
      names = {"-nopo", "--no-op-offload"},
      paramLabel = "0|1",
      description = "compute on the CPU what it has weights of (here always)")
  private List<String> noOpOffloads = List.of();

  @Option(
      names = {"-C", "--cpu-mask"},
      paramLabel = "HEX",
      description = "processors to run on (here the system chooses)")
  private List<String> cpuMasks = List.of();

  @Option(names = "--cpu-strict", paramLabel = "0|1", description = "one thread on each of them")
  private List<String> cpuStricts = List.of();

  @Option(names = "--poll", paramLabel = "0...100", description = "how long threads wait awake")
  private List<String> polls = List.of();

  /**
   * The values of the given parameters.
   *
   * @throws IllegalArgumentException if a value is invalid
   */
  Map<ReportedParameter, List<String>> values() {
    Map<ReportedParameter, List<String>> values = new EnumMap<>(ReportedParameter.class);
    for (ReportedParameter parameter : ReportedParameter.values()) {
      List<String> texts = texts(parameter);
      if (!texts.isEmpty()) {
        values.put(parameter, parameter.parse(texts));
      }
    }
    if (values.getOrDefault(ReportedParameter.EMBEDDINGS, List.of()).contains("1")) {
      throw new IllegalArgumentException("-embd 1 is not supported yet: there are no embeddings");
    }
    return values;
  }

  private List<String> texts(ReportedParameter parameter) {
    return switch (parameter) {
      case FIT_TARGET -> fitTargets;
      case FIT_CONTEXT -> fitContexts;
      case CPU_EXPERT_LAYERS -> cpuExpertLayers;
      case LOAD_MODE -> loadModes();
      case DEVICES, SPLIT_MODE -> List.of(); // these are device options
      case LAZY_MODE -> lazyModes;
      case NO_HOST -> noHosts;
      case EMBEDDINGS -> embeddings;
      case NO_OP_OFFLOAD -> noOpOffloads;
      case CPU_MASK -> cpuMasks;
      case CPU_STRICT -> cpuStricts;
      case POLL -> polls;
    };
  }

  private List<String> loadModes() {
    List<String> modes = new ArrayList<>(loadModes);
    maps.forEach(text -> modes.add(mode("-mmp", text, "mmap")));
    directs.forEach(text -> modes.add(mode("-dio", text, "dio")));
    return modes;
  }

  /** Load modes for a list of 0 and 1. */
  private static String mode(String option, String text, String name) {
    if (!text.matches("[01](,[01])*")) {
      throw new IllegalArgumentException(option + " is '" + text + "', expected 0 or 1");
    }
    return text.replace("0", "none").replace("1", name);
  }
}
