package dev.lamina.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;

/** Which devices compute what, in all cases that are measured. */
final class BenchDeviceOptions extends DeviceOptions {
  @Option(
      names = {"-nkvo", "--no-kv-offload"},
      paramLabel = "0|1",
      description = "keep attention and the KV cache on the CPU (default: 0)")
  private List<String> noKvOffload = List.of("0");

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
