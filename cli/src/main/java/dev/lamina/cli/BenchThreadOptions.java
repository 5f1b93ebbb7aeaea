package dev.lamina.cli;

import dev.lamina.bench.ReportedParameter;
import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.ThreadPlacement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** Where the CPU's threads run. Tests are repeated for each value of an option that takes lists. */
final class BenchThreadOptions implements OptionHolder {
  private List<String> masks = List.of();
  private List<String> stricts = List.of();
  private List<String> polls = List.of();
  private int priority;
  private String numa;

  @Override
  public void declare(Options options) {
    options.addList(
        OptionSpec.builder("-C", "--cpu-mask")
            .paramLabel("HEX")
            .description(
                "processors that threads may run on, as bits (default: 0x0, all); on Linux"),
        String.class,
        value -> masks = value);
    options.addList(
        OptionSpec.builder("--cpu-strict")
            .paramLabel("0|1")
            .description("1: each thread gets one of these processors (default: 0)"),
        String.class,
        value -> stricts = value);
    options.addList(
        OptionSpec.builder("--poll")
            .paramLabel("0...100")
            .description(
                "how long threads wait awake for the next token; 0: not at all (default: 50)"),
        String.class,
        value -> polls = value);
    options.add(
        OptionSpec.builder("--prio")
            .paramLabel("N")
            .defaultValue("0")
            .description(
                "priority of threads: -1 low, 0 normal, 1 medium, 2 high, 3 realtime (default: 0); no list"),
        int.class,
        value -> priority = value);
    options.add(
        OptionSpec.builder("--numa")
            .paramLabel("HOW")
            .description(
                "with several NUMA nodes: distribute, isolate or numactl, as for `lamina run`; no list"),
        String.class,
        value -> numa = value);
  }

  /**
   * The values that reports have.
   *
   * @throws IllegalArgumentException if any value is invalid
   */
  Map<ReportedParameter, List<String>> reported() {
    ThreadOptions.priority(priority);
    ThreadOptions.numa(numa);
    Map<ReportedParameter, List<String>> values = new EnumMap<>(ReportedParameter.class);
    add(values, ReportedParameter.CPU_MASK, masks);
    add(values, ReportedParameter.CPU_STRICT, stricts);
    add(values, ReportedParameter.POLL, polls);
    return values;
  }

  private static void add(
      Map<ReportedParameter, List<String>> values, ReportedParameter name, List<String> texts) {
    if (!texts.isEmpty()) {
      values.put(name, name.parse(texts));
    }
  }

  /** Adds what all tests have in common. */
  BackendOptions placed(BackendOptions test) {
    ThreadPlacement threads = test.placement();
    return new BackendOptions(
        test.threads(),
        test.repack(),
        test.kernels(),
        new ThreadPlacement(
            ThreadOptions.numa(numa), threads.cpus(), threads.strict(), priority, threads.poll()));
  }
}
