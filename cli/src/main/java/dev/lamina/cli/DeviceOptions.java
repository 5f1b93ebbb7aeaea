package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
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
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options for what runs on which device. Defaults are initial values of fields, because picocli
 * loses other defaults in nested groups.
 */
abstract class DeviceOptions implements OptionHolder {
  /** Ways to use several GPUs, named as in llama.cpp. */
  enum SplitMode {
    NONE,
    LAYER,
    ROW,
    TENSOR
  }

  private List<String> gpuLayers = List.of("auto");

  private String vramBudget;
  private int mainGpu = -1;
  private List<String> overrides = List.of();

  @Override
  public void declare(Options options) {
    options.addList(
        OptionSpec.builder("-ngl", "--gpu-layers", "--n-gpu-layers")
            .paramLabel("N")
            .description(
                "layers on GPUs, the last ones first, the output head as one more; auto: as many as fit; all (default: auto)"),
        String.class,
        value -> gpuLayers = value);
    options.add(
        OptionSpec.builder("--vram-budget")
            .paramLabel("SIZE")
            .description(
                "memory of each GPU that may be used: 6G, 80%% of what is free, or auto (default: what is free less a margin)"),
        String.class,
        value -> vramBudget = value);
    options.add(
        OptionSpec.builder("-mg", "--main-gpu")
            .paramLabel("I")
            .description(
                "which of the GPUs computes the output head, from 0 (default: the last one)"),
        int.class,
        value -> mainGpu = value);
    options.addList(
        OptionSpec.builder("-ot", "--override-tensor")
            .paramLabel("REGEX=ID")
            .description("compute the tensors with matching names on a device, such as ffn_up=cpu"),
        String.class,
        value -> overrides = value);
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if an option is malformed; the message names it
   */
  void check() {
    placement();
    budget();
    choices().forEach(Choice::named);
  }

  PlacementOptions placement() {
    // The last occurrence wins, as with other options.
    String last = gpuLayers.getLast();
    List<Integer> numbers = layers(last);
    if (numbers.size() > 1) {
      throw malformed(last);
    }
    PlacementOptions first = placements(numbers).getFirst();
    return choices().getFirst().mode() == SplitMode.NONE ? first.withMainGpu(-1) : first;
  }

  /** The placements, one for each number of layers; the option is a list with ranges. */
  List<PlacementOptions> placements() {
    return placements(gpuLayers.stream().flatMap(text -> layers(text).stream()).toList());
  }

  /**
   * Whether attention and the KV cache stay on the CPU, for each case.
   *
   * @throws IllegalArgumentException if an option is malformed; the message names it
   */
  abstract List<Boolean> kvOnCpu();

  private List<PlacementOptions> placements(List<Integer> numbers) {
    if (mainGpu < -1) {
      throw new IllegalArgumentException("-mg is " + mainGpu + ", expected 0 or more");
    }
    List<List<Double>> splits = tensorSplits().stream().map(DeviceOptions::parts).toList();
    List<TensorOverride> parsed = overrides();
    return numbers.stream()
        .flatMap(layers ->
            splits.stream()
                .flatMap(parts ->
                    kvOnCpu().stream()
                        .map(kv ->
                            new PlacementOptions(
                                layers, vramBudget != null, parts, mainGpu, kv, parsed))))
        .toList();
  }

  MemoryBudget budget() {
    return vramBudget == null ? MemoryBudget.AUTO : MemoryBudget.parse(vramBudget);
  }

  /**
   * A choice of devices.
   *
   * @param names GPUs separated by commas, or none or cpu; null if no device was named
   * @param mode how several GPUs are used
   */
  record Choice(String names, SplitMode mode) {
    /**
     * Ids of the GPUs that were named; null if no device was, empty for the CPU alone.
     *
     * @throws IllegalArgumentException if a name is not the name of a device
     */
    List<String> named() {
      return names == null ? null : DeviceChoice.parse(names).gpus();
    }
  }

  /** All choices of devices; most commands have one. */
  abstract List<Choice> choices();

  /** The split of the layers among the GPUs, for each case. */
  abstract List<String> tensorSplits();

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

  /** Whether the options allow anything on a GPU. */
  private boolean mayUseGpus(Choice choice) {
    return !overriding().isEmpty()
        || (choice.names() == null || !choice.named().isEmpty())
            && placements().stream().anyMatch(options -> options.gpuLayers() != 0);
  }

  /** Whether the user asked for a GPU, and should be told if there is none. */
  private boolean wantsGpu(Choice choice) {
    return choice.names() != null
        || vramBudget != null
        || !overriding().isEmpty()
        || placements().stream()
            .anyMatch(
                options -> options.gpuLayers() != PlacementOptions.AUTO && options.gpuLayers() > 0);
  }

  /** The GPUs to use. */
  DeviceRequest request() {
    return request(choices().getFirst());
  }

  private DeviceRequest request(Choice choice) {
    int only = choice.mode() == SplitMode.NONE ? Math.max(0, mainGpu) : -1;
    return new DeviceRequest(
        choice.named(), overriding(), only, mayUseGpus(choice), wantsGpu(choice), budget());
  }

  /**
   * Opens the devices.
   *
   * @param modelBytes size of the model's weights
   */
  OpenDevices open(Console console, BackendOptions compute, long modelBytes) {
    return open(console, choices().getFirst(), compute, modelBytes);
  }

  /** Opens the devices of one choice. */
  OpenDevices open(Console console, Choice choice, BackendOptions compute, long modelBytes) {
    OpenDevices opened =
        OpenDevices.open(request(choice), compute, modelBytes, new ConsoleListener(console)::warn);
    tellIfNotCut(console, choice, opened);
    return opened;
  }

  /** Warns if the options ask to split layers across GPUs, which is not supported. */
  void tellIfNotCut(Console console, OpenDevices opened) {
    tellIfNotCut(console, choices().getFirst(), opened);
  }

  private static void tellIfNotCut(Console console, Choice choice, OpenDevices opened) {
    boolean cuts = choice.mode() == SplitMode.ROW || choice.mode() == SplitMode.TENSOR;
    if (cuts && opened.gpus() > 1) {
      new ConsoleListener(console)
          .warn("layers are not cut yet; they are divided, as with --split-mode layer");
    }
  }

  private static List<Double> parts(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    try {
      return Arrays.stream(text.split("[,/]", -1)).map(Double::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--tensor-split is '" + text + "', expected parts such as 3,1", e);
    }
  }

  private List<Integer> layers(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(part -> part.strip().toLowerCase(Locale.ROOT))
        .flatMap(part -> part(part, text).stream())
        .toList();
  }

  /**
   * Numbers, {@code auto} or {@code all}. As in llama.cpp, -1 means auto and smaller numbers mean
   * all.
   */
  private List<Integer> part(String part, String text) {
    return switch (part) {
      case "auto", "-1" -> List.of(PlacementOptions.AUTO);
      case "all" -> List.of(PlacementOptions.ALL);
      default -> {
        if (part.matches("-[0-9]+")) {
          yield List.of(PlacementOptions.ALL);
        }
        try {
          yield numbers(part);
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(malformed(text).getMessage(), e);
        }
      }
    };
  }

  /**
   * The numbers of layers that a word stands for.
   *
   * @throws IllegalArgumentException if it is no number
   */
  List<Integer> numbers(String word) {
    return List.of(Integer.valueOf(word));
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "-ngl is '" + text + "', expected a number of layers, auto or all");
  }
}
