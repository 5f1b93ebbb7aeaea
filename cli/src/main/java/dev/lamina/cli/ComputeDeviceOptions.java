package dev.lamina.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** Device options of commands that run a single case. */
final class ComputeDeviceOptions extends DeviceOptions {
  @Option(
      names = {"-dev", "--device"},
      paramLabel = "ID,ID",
      description =
          "GPUs to use, such as cuda:0,opencl:1 (`lamina devices` lists them), or none or cpu (default: all CUDA GPUs, else all of OpenCL)")
  private String devices;

  @Option(
      names = {"-sm", "--split-mode"},
      paramLabel = "HOW",
      description =
          "layer: divide the layers among the GPUs; none: use one GPU, that of -mg (default: layer)")
  private SplitMode splitMode = SplitMode.LAYER;

  @Option(
      names = {"-ts", "--tensor-split"},
      paramLabel = "N,N",
      description = "parts of the layers for each GPU, such as 3,1 (default: by memory)")
  private String tensorSplit;

  @Option(
      names = {"-nkvo", "--no-kv-offload"},
      description = "keep attention and the KV cache on the CPU")
  private boolean noKvOffload;

  @Override
  List<Choice> choices() {
    return List.of(new Choice(devices, splitMode));
  }

  @Override
  List<String> tensorSplits() {
    return List.of(tensorSplit == null ? "" : tensorSplit);
  }

  @Override
  List<Boolean> kvOnCpu() {
    return List.of(noKvOffload);
  }
}
