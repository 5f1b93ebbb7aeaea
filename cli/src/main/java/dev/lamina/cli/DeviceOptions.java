package dev.lamina.cli;

import dev.lamina.engine.placement.MemoryBudget;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.TensorOverride;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * Which devices compute what. Defaults are initial values: in groups within groups others are lost.
 */
final class DeviceOptions {
  /** Value of {@code --device} for the CPU alone. */
  private static final String NONE = "none";

  @Option(
      names = {"-ngl", "--gpu-layers", "--n-gpu-layers"},
      paramLabel = "N",
      description =
          "layers on GPUs, the last ones first, the output head as one more; auto: as many as fit; all (default: auto)")
  private String gpuLayers = "auto";

  @Option(
      names = "--vram-budget",
      paramLabel = "SIZE",
      description =
          "memory of each GPU that may be used: 6G, 80%% of what is free, or auto (default: what is free less a margin)")
  private String vramBudget;

  @Option(
      names = {"-dev", "--device"},
      paramLabel = "ID,ID",
      hideParamSyntax = true,
      split = ",",
      description =
          "GPUs to use, such as cuda:0,opencl:1 (`lamina devices` lists them), or none (default: all CUDA GPUs, else all of OpenCL)")
  private List<String> devices;

  @Option(
      names = {"-ts", "--tensor-split"},
      paramLabel = "N,N",
      hideParamSyntax = true,
      split = "[,/]",
      description = "parts of the layers for each GPU, such as 3,1 (default: by memory)")
  private List<Double> tensorSplit = List.of();

  @Option(
      names = {"-mg", "--main-gpu"},
      paramLabel = "I",
      description = "which of the GPUs computes the output head, from 0 (default: the last one)")
  private int mainGpu = -1;

  @Option(
      names = {"-nkvo", "--no-kv-offload"},
      description = "keep attention and the KV cache on the CPU")
  private boolean noKvOffload;

  @Option(
      names = {"-ot", "--override-tensor"},
      paramLabel = "REGEX=ID",
      description = "compute the tensors with matching names on a device, such as ffn_up=cpu")
  private List<String> overrides = List.of();

  /**
   * @throws IllegalArgumentException if an option is malformed; the message names it
   */
  void check() {
    placement();
    budget();
  }

  PlacementOptions placement() {
    List<PlacementOptions> placements = placements();
    if (placements.size() > 1) {
      throw new IllegalArgumentException(
          "-ngl is '" + gpuLayers + "', expected a number of layers, auto or all");
    }
    return placements.getFirst();
  }

  /** One for each number of layers; several have commas between. */
  List<PlacementOptions> placements() {
    if (mainGpu < -1) {
      throw new IllegalArgumentException("-mg is " + mainGpu + ", expected 0 or more");
    }
    List<TensorOverride> parsed = new ArrayList<>();
    overrides.forEach(text -> parsed.addAll(TensorOverride.parse(text)));
    return Arrays.stream(gpuLayers.split(",", -1))
        .map(layers ->
            new PlacementOptions(
                layers(layers), vramBudget != null, tensorSplit, mainGpu, noKvOffload, parsed))
        .toList();
  }

  MemoryBudget budget() {
    return vramBudget == null ? MemoryBudget.AUTO : MemoryBudget.parse(vramBudget);
  }

  /** Ids of the devices that were named; null if none were, empty for the CPU alone. */
  List<String> named() {
    if (devices == null) {
      return null;
    }
    boolean cpuOnly = devices.stream().anyMatch(id -> id.strip().equalsIgnoreCase(NONE));
    return cpuOnly ? List.of() : devices.stream().map(TensorOverride::deviceId).distinct().toList();
  }

  /** Whether anything can end up on a GPU. */
  boolean mayUseGpus() {
    return (devices == null || !named().isEmpty())
        && placements().stream()
            .anyMatch(options -> options.gpuLayers() != 0 || !options.overrides().isEmpty());
  }

  /** Whether the user wants a GPU, and is to know if there is none. */
  boolean wantsGpu() {
    return devices != null
        || vramBudget != null
        || placements().stream()
            .anyMatch(
                options -> options.gpuLayers() != PlacementOptions.AUTO && options.gpuLayers() > 0);
  }

  /** A number of layers, {@code auto} or {@code all}; -1 means all, as it does to llama.cpp. */
  private static int layers(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "auto" -> PlacementOptions.AUTO;
      case "all", "-1" -> PlacementOptions.ALL;
      case String number when number.matches("\\d{1,9}") -> Integer.parseInt(number);
      default ->
          throw new IllegalArgumentException(
              "-ngl is '" + text + "', expected a number of layers, auto or all");
    };
  }
}
