package dev.lamina.cli;

import dev.lamina.bench.ReportedParameter;
import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options of llama-bench that have no effect here, except the load mode. Each has a list of values
 * from all its occurrences.
 */
final class BenchReportedOptions implements OptionHolder {
  private List<String> fitTargets = List.of();
  private List<String> fitContexts = List.of();
  private List<String> cpuExpertLayers = List.of();
  private List<String> loadModes = new ArrayList<>();
  private List<String> maps = List.of();
  private List<String> directs = List.of();
  private List<String> lazyModes = List.of();
  private List<String> noHosts = List.of();
  private List<String> embeddings = List.of();
  private List<String> noOpOffloads = List.of();

  @Override
  public void declare(Options options) {
    options.addList(
        OptionSpec.builder("-fitt", "--fit-target")
            .paramLabel("MIB")
            .description(
                "memory of devices to leave free (here --vram-budget says what may be used)"),
        String.class,
        value -> fitTargets = value);
    options.addList(
        OptionSpec.builder("-fitc", "--fit-ctx")
            .paramLabel("N")
            .description("least context for that"),
        String.class,
        value -> fitContexts = value);
    options.addList(
        OptionSpec.builder("-ncmoe", "--n-cpu-moe")
            .paramLabel("N")
            .description("layers whose experts stay on the CPU"),
        String.class,
        value -> cpuExpertLayers = value);
    options.addList(
        OptionSpec.builder("-lm", "--load-mode")
            .paramLabel("MODE")
            .description(
                "how the file comes into memory: auto, none, mmap, mlock, mmap+mlock or dio (memory is not locked)"),
        String.class,
        value -> loadModes = value);
    options.addList(
        OptionSpec.builder("-mmp", "--mmap")
            .paramLabel("0|1")
            .description("older name of -lm none and -lm mmap"),
        String.class,
        value -> maps = value);
    options.addList(
        OptionSpec.builder("-dio", "--direct-io")
            .paramLabel("0|1")
            .description("older name of -lm none and -lm dio"),
        String.class,
        value -> directs = value);
    options.addList(
        OptionSpec.builder("-lzm", "--lazy-mode").paramLabel("MODE").description("on, auto or off"),
        String.class,
        value -> lazyModes = value);
    options.addList(
        OptionSpec.builder("--no-host").paramLabel("0|1").description("use no pinned memory"),
        String.class,
        value -> noHosts = value);
    options.addList(
        OptionSpec.builder("-embd", "--embeddings")
            .paramLabel("0|1")
            .description("compute embeddings too (only 0 is possible here)"),
        String.class,
        value -> embeddings = value);
    options.addList(
        OptionSpec.builder("-nopo", "--no-op-offload")
            .paramLabel("0|1")
            .description("compute on the CPU what it has weights of (here always)"),
        String.class,
        value -> noOpOffloads = value);
  }

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
      // these are options of devices and threads
      case DEVICES, SPLIT_MODE, CPU_MASK, CPU_STRICT, POLL -> List.of();
      case LAZY_MODE -> lazyModes;
      case NO_HOST -> noHosts;
      case EMBEDDINGS -> embeddings;
      case NO_OP_OFFLOAD -> noOpOffloads;
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
