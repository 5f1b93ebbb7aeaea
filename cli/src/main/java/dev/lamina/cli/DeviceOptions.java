package dev.lamina.cli;

import dev.lamina.bench.NumberList;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.placement.DeviceChoice;
import dev.lamina.engine.placement.MemoryBudget;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.TensorOverride;
import dev.lamina.runtime.DeviceRequest;
import dev.lamina.runtime.OpenDevices;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * Which devices compute what. Defaults are initial values: in groups within groups others are lost.
 */
abstract class DeviceOptions {
  /** Ways to use several GPUs, named as in llama.cpp. */
  enum SplitMode {
    NONE,
    LAYER,
    ROW,
    TENSOR
  }

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
      names = {"-mg", "--main-gpu"},
      paramLabel = "I",
      description = "which of the GPUs computes the output head, from 0 (default: the last one)")
  private int mainGpu = -1;

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
    named();
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

  /**
   * Whether attention and the KV cache stay on the CPU, in each of the cases to look at.
   *
   * @throws IllegalArgumentException if an option is malformed; the message names it
   */
  abstract List<Boolean> kvOnCpu();

  private List<PlacementOptions> placements(List<Integer> numbers) {
    if (mainGpu < -1) {
      throw new IllegalArgumentException("-mg is " + mainGpu + ", expected 0 or more");
    }
    List<Double> parts = tensorSplit == null ? List.of() : parts(tensorSplit);
    List<TensorOverride> parsed = overrides();
    return numbers.stream()
        .flatMap(layers ->
            kvOnCpu().stream()
                .map(kv ->
                    new PlacementOptions(
                        layers,
                        vramBudget != null,
                        parts,
                        usesOneGpu() ? -1 : mainGpu,
                        kv,
                        parsed)))
        .toList();
  }

  MemoryBudget budget() {
    return vramBudget == null ? MemoryBudget.AUTO : MemoryBudget.parse(vramBudget);
  }

  /** Ids of the GPUs that were named; null if no device was, empty for the CPU alone. */
  List<String> named() {
    return devices == null ? null : DeviceChoice.parse(devices).gpus();
  }

  /** Ids of the GPUs that tensors were put on by their names. */
  List<String> overriding() {
    return overrides().stream()
        .map(TensorOverride::device)
        .filter(id -> !DeviceChoice.isCpu(id))
        .distinct()
        .toList();
  }

  private List<TensorOverride> overrides() {
    return overrides.stream().flatMap(text -> TensorOverride.parse(text).stream()).toList();
  }

  /** Whether one GPU is used, though there may be several. */
  boolean usesOneGpu() {
    return splitMode == SplitMode.NONE;
  }

  /** Number of that GPU, from 0. */
  int oneGpu() {
    return Math.max(0, mainGpu);
  }

  /** Whether layers are to be cut, which they are not. */
  boolean cutsLayers() {
    return splitMode == SplitMode.ROW || splitMode == SplitMode.TENSOR;
  }

  /** Whether anything can end up on a GPU. */
  boolean mayUseGpus() {
    return !overriding().isEmpty()
        || (devices == null || !named().isEmpty())
            && placements().stream().anyMatch(options -> options.gpuLayers() != 0);
  }

  /** Whether the user wants a GPU, and is to know if there is none. */
  boolean wantsGpu() {
    return devices != null
        || vramBudget != null
        || !overriding().isEmpty()
        || placements().stream()
            .anyMatch(
                options -> options.gpuLayers() != PlacementOptions.AUTO && options.gpuLayers() > 0);
  }

  /** The GPUs to use. */
  DeviceRequest request() {
    return new DeviceRequest(
        named(), overriding(), usesOneGpu() ? oneGpu() : -1, mayUseGpus(), wantsGpu(), budget());
  }

  /**
   * Opens the devices.
   *
   * @param modelBytes size of the model's weights
   */
  OpenDevices open(Console console, BackendOptions compute, long modelBytes) {
    OpenDevices opened =
        OpenDevices.open(request(), compute, modelBytes, new ConsoleListener(console)::warn);
    tellIfNotCut(console, opened);
    return opened;
  }

  /** Warns if layers were to be cut, which they are not. */
  void tellIfNotCut(Console console, OpenDevices opened) {
    if (cutsLayers() && opened.gpus() > 1) {
      new ConsoleListener(console)
          .warn("layers are not cut yet; they are divided, as with --split-mode layer");
    }
  }

  /** The devices as llama-bench's reports have them. */
  String deviceText() {
    return devices == null ? "auto" : named().isEmpty() ? "none" : String.join("/", named());
  }

  private static List<Double> parts(String text) {
    try {
      return Arrays.stream(text.split("[,/]", -1)).map(Double::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--tensor-split is '" + text + "', expected parts such as 3,1", e);
    }
  }

  private static List<Integer> layers(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(part -> part.strip().toLowerCase(Locale.ROOT))
        .flatMap(part -> part(part, text).stream())
        .toList();
  }

  /** Numbers, {@code auto} or {@code all}; to llama.cpp -1 means auto and less than that all. */
  private static List<Integer> part(String part, String text) {
    return switch (part) {
      case "auto", "-1" -> List.of(PlacementOptions.AUTO);
      case "all" -> List.of(PlacementOptions.ALL);
      default -> {
        if (part.matches("-[0-9]+")) {
          yield List.of(PlacementOptions.ALL);
        }
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
