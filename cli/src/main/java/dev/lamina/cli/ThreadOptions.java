package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.backend.CpuMask;
import dev.lamina.engine.backend.ThreadPlacement;
import dev.lamina.engine.backend.ThreadPlacement.Numa;
import java.util.Locale;
import picocli.CommandLine.Model.OptionSpec;

/** Where the CPU's threads run, how urgent they are and how long they wait awake. */
final class ThreadOptions implements OptionHolder {
  private String mask;
  private String range;
  private int strict;
  private int priority;
  private int poll;
  private String numa;

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("-C", "--cpu-mask")
            .paramLabel("HEX")
            .description("processors that threads may run on, as bits; on Linux"),
        String.class,
        value -> mask = value);
    options.add(
        OptionSpec.builder("-Cr", "--cpu-range")
            .paramLabel("LO-HI")
            .description("the same as a range; both together: all of them"),
        String.class,
        value -> range = value);
    options.add(
        OptionSpec.builder("--cpu-strict")
            .paramLabel("0|1")
            .defaultValue("0")
            .description("1: each thread gets one of these processors (default: 0)"),
        int.class,
        value -> strict = value);
    options.add(
        OptionSpec.builder("--prio")
            .paramLabel("N")
            .defaultValue("0")
            .description(
                "priority of threads: -1 low, 0 normal, 1 medium, 2 high, 3 realtime (default: 0); on Linux, and above 0 with the right to it"),
        int.class,
        value -> priority = value);
    options.add(
        OptionSpec.builder("--poll")
            .paramLabel("0...100")
            .defaultValue("50")
            .description(
                "how long threads wait awake for the next token; 0: not at all (default: 50)"),
        int.class,
        value -> poll = value);
    options.add(
        OptionSpec.builder("--numa")
            .paramLabel("HOW")
            .description(
                "with several NUMA nodes: distribute (threads over all nodes), isolate (only the node where the program starts) or numactl (the processors that numactl gave)"),
        String.class,
        value -> numa = value);
  }

  /** The processors asked for; none: all. */
  CpuMask cpus() {
    return mask("-C", mask).or(range());
  }

  /**
   * What the options ask for.
   *
   * @throws IllegalArgumentException if a value is invalid; the message names the option
   */
  ThreadPlacement placement() {
    if (strict != 0 && strict != 1) {
      throw new IllegalArgumentException("--cpu-strict is " + strict + ", expected 0 or 1");
    }
    if (poll < 0 || poll > 100) {
      throw new IllegalArgumentException("--poll is " + poll + ", expected 0 to 100");
    }
    return new ThreadPlacement(numa(numa), cpus(), strict == 1, priority(priority), poll);
  }

  private CpuMask range() {
    try {
      return range == null ? CpuMask.NONE : CpuMask.parseRange(range);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("-Cr is " + e.getMessage(), e);
    }
  }

  /** Reads processors; null means none. */
  static CpuMask mask(String option, String text) {
    try {
      return text == null ? CpuMask.NONE : CpuMask.parseHex(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + " is " + e.getMessage(), e);
    }
  }

  /** Checks a priority. */
  static int priority(int value) {
    if (value < -1 || value > 3) {
      throw new IllegalArgumentException("--prio is " + value + ", expected -1 to 3");
    }
    return value;
  }

  /** Reads how threads are spread; null means that it does not matter. */
  static Numa numa(String text) {
    if (text == null) {
      return Numa.NONE;
    }
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "distribute" -> Numa.DISTRIBUTE;
      case "isolate" -> Numa.ISOLATE;
      case "numactl" -> Numa.NUMACTL;
      default ->
          throw new IllegalArgumentException(
              "--numa is '" + text + "', expected distribute, isolate or numactl");
    };
  }
}
