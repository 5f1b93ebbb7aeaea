package dev.lamina.cli;

import dev.lamina.bench.NumberList;
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
  private List<String> gpuLayers = List.of("auto");

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
    // Of several occurrences the last one wins, as with other options.
    String last = gpuLayers.getLast();
    List<Integer> numbers = layers(last);
    if (numbers.size() > 1) {
      throw malformed(last);
    }
    return placements(numbers).getFirst();
  }

  /** One for each number of layers, which are a list with ranges. */
  List<PlacementOptions> placements() {
    return placements(gpuLayers.stream().flatMap(text -> layers(text).stream()).toList());
  }

  private List<PlacementOptions> placements(List<Integer> numbers) {
    if (mainGpu < -1) {
      throw new IllegalArgumentException("-mg is " + mainGpu + ", expected 0 or more");
    }
    List<TensorOverride> parsed = new ArrayList<>();
    overrides.forEach(text -> parsed.addAll(TensorOverride.parse(text)));
    return numbers.stream()
        .map(layers ->
            new PlacementOptions(
                layers, vramBudget != null, tensorSplit, mainGpu, noKvOffload, parsed))
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

  /** The devices as llama-bench's reports have them. */
  String deviceText() {
    return devices == null ? "auto" : devices.isEmpty() ? NONE : String.join("/", devices);
  }

  private static List<Integer> layers(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(part -> part.strip().toLowerCase(Locale.ROOT))
        .flatMap(part -> part(part, text).stream())
        .toList();
  }

  /** Numbers, {@code auto} or {@code all}; -1 means all, as it does to llama.cpp. */
  private static List<Integer> part(String part, String text) {
    return switch (part) {
      case "auto" -> List.of(PlacementOptions.AUTO);
      case "all", "-1" -> List.of(PlacementOptions.ALL);
      default -> {
        try {
          yield NumberList.parse("-ngl", List.of(part));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(malformed(text).getMessage(), e);
        }
      }
    };
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "-ngl is '" + text + "', expected a number of layers, auto or all");
  }
}
