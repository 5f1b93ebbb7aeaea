package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** Device options of commands that run a single case. */
final class ComputeDeviceOptions extends DeviceOptions {
  private String devices;
  private SplitMode splitMode = SplitMode.LAYER;
  private String tensorSplit;
  private boolean noKvOffload;

  @Override
  public void declare(Options options) {
    super.declare(options);
    options.add(
        OptionSpec.builder("-dev", "--device")
            .paramLabel("ID,ID")
            .description(
                "GPUs to use, such as cuda:0,opencl:1 (`lamina devices` lists them), or none or cpu (default: all CUDA GPUs, else all of OpenCL)"),
        String.class,
        value -> devices = value);
    options.add(
        OptionSpec.builder("-sm", "--split-mode")
            .paramLabel("HOW")
            .description(
                "layer: divide the layers among the GPUs; none: use one GPU, that of -mg (default: layer)"),
        SplitMode.class,
        value -> splitMode = value);
    options.add(
        OptionSpec.builder("-ts", "--tensor-split")
            .paramLabel("N,N")
            .description("parts of the layers for each GPU, such as 3,1 (default: by memory)"),
        String.class,
        value -> tensorSplit = value);
    options.add(
        OptionSpec.builder("-nkvo", "--no-kv-offload")
            .description("keep attention and the KV cache on the CPU"),
        boolean.class,
        value -> noKvOffload = value);
  }

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
