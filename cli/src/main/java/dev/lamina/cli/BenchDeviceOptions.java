package dev.lamina.cli;

import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.NumberList;
import dev.lamina.bench.ReportedParameter;
import dev.lamina.cli.arguments.Options;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** Device options of the benchmark, with a list of cases to measure. */
final class BenchDeviceOptions extends DeviceOptions {
  private List<String> devices = List.of();
  private List<String> splitModes = List.of();
  private List<String> tensorSplits = List.of();
  private List<String> noKvOffload = List.of("0");

  @Override
  public void declare(Options options) {
    super.declare(options);
    options.addList(
        OptionSpec.builder("-dev", "--device")
            .paramLabel("ID/ID")
            .description(
                "GPUs to use, such as cuda:0/cuda:1 (`lamina devices` lists them), or none or cpu (default: all CUDA GPUs, else all of OpenCL)"),
        String.class,
        value -> devices = value);
    options.addList(
        OptionSpec.builder("-sm", "--split-mode")
            .paramLabel("HOW")
            .description(
                "layer: divide the layers among the GPUs; none: use one GPU, that of -mg (default: layer)"),
        String.class,
        value -> splitModes = value);
    options.addList(
        OptionSpec.builder("-ts", "--tensor-split")
            .paramLabel("N/N")
            .description("parts of the layers for each GPU, such as 3/1 (default: by memory)"),
        String.class,
        value -> tensorSplits = value);
    options.addList(
        OptionSpec.builder("-nkvo", "--no-kv-offload")
            .paramLabel("0|1")
            .description("keep attention and the KV cache on the CPU (default: 0)"),
        String.class,
        value -> noKvOffload = value);
  }

  /** Devices and split modes for the reports, if they are given. */
  Map<ReportedParameter, List<String>> reported() {
    Map<ReportedParameter, List<String>> values = new EnumMap<>(ReportedParameter.class);
    if (!devices.isEmpty()) {
      values.put(
          ReportedParameter.DEVICES,
          ReportedParameter.DEVICES.parse(devices).stream()
              .map(BenchDeviceOptions::reported)
              .toList());
    }
    if (!splitModes.isEmpty()) {
      values.put(ReportedParameter.SPLIT_MODE, ReportedParameter.SPLIT_MODE.parse(splitModes));
    }
    return values;
  }

  /** The devices in llama-bench's spelling: {@code none} for the CPU alone. */
  private static String reported(String devices) {
    List<String> gpus = new Choice(names(devices), SplitMode.LAYER).named();
    return gpus == null ? "auto" : gpus.isEmpty() ? "none" : String.join("/", gpus);
  }

  private static String names(String devices) {
    return devices.equals("auto") ? null : devices.replace('/', ',');
  }

  /** The devices of a test. */
  static Choice choice(BenchSettings settings) {
    return new Choice(
        names(settings.devices()),
        SplitMode.valueOf(settings.splitMode().toUpperCase(Locale.ROOT)));
  }

  @Override
  List<Choice> choices() {
    List<String> modes = reported().getOrDefault(ReportedParameter.SPLIT_MODE, List.of("layer"));
    return reported().getOrDefault(ReportedParameter.DEVICES, List.of("auto")).stream()
        .flatMap(names ->
            modes.stream()
                .map(mode ->
                    new Choice(names(names), SplitMode.valueOf(mode.toUpperCase(Locale.ROOT)))))
        .toList();
  }

  @Override
  List<Integer> numbers(String word) {
    return NumberList.parse("-ngl", List.of(word));
  }

  @Override
  List<String> tensorSplits() {
    return tensorSplits.isEmpty()
        ? List.of("")
        : tensorSplits.stream().flatMap(text -> Arrays.stream(text.split(",", -1))).toList();
  }

  @Override
  List<Boolean> kvOnCpu() {
    return noKvOffload.stream()
        .flatMap(text -> Arrays.stream(text.split(",", -1)))
        .map(BenchDeviceOptions::flag)
        .toList();
  }

  private static boolean flag(String text) {
    return switch (text.strip()) {
      case "0" -> false;
      case "1" -> true;
      default -> throw new IllegalArgumentException("-nkvo is '" + text + "', expected 0 or 1");
    };
  }
}
