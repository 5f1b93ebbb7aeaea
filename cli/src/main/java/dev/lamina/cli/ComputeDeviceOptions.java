package dev.lamina.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** Which devices compute what, one case at a time. */
final class ComputeDeviceOptions extends DeviceOptions {
  @Option(
      names = {"-nkvo", "--no-kv-offload"},
      description = "keep attention and the KV cache on the CPU")
  private boolean noKvOffload;

  @Override
  List<Boolean> kvOnCpu() {
    return List.of(noKvOffload);
  }
}
