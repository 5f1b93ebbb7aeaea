package dev.lamina.engine.placement;

import dev.lamina.engine.placement.PlacementException.Setting;
import java.util.List;

/**
 * The user's wishes for which device runs which part of a model.
 *
 * @param gpuLayers layers on GPUs, from the last one on; a larger number than the model's layers
 *     includes the output head; {@link #AUTO}: as many as fit
 * @param limitedByBudget whether budgets hold for a given number of layers too
 * @param tensorSplit parts of the layers for each GPU; empty: by the budgets
 * @param mainGpu number of the GPU that takes the output head; -1 for the one after the last layer
 * @param kvOnCpu attention and its cache stay on the CPU
 * @param overrides the first that matches decides
 */
public record PlacementOptions(
    int gpuLayers,
    boolean limitedByBudget,
    List<Double> tensorSplit,
    int mainGpu,
    boolean kvOnCpu,
    List<TensorOverride> overrides) {
  /** As many layers as fit. */
  public static final int AUTO = -1;

  /** All layers and the head. */
  public static final int ALL = Integer.MAX_VALUE;

  /**
   * Checks the options.
   *
   * @throws PlacementException if a number is out of range
   */
  public PlacementOptions {
    tensorSplit = List.copyOf(tensorSplit);
    overrides = List.copyOf(overrides);
    if (gpuLayers < AUTO) {
      throw new PlacementException(
          Setting.GPU_LAYERS, gpuLayers + " layers on GPUs are asked for, expected 0 or more");
    }
    if (tensorSplit.stream().anyMatch(part -> !(part >= 0) || part.isInfinite())
        || !tensorSplit.isEmpty() && tensorSplit.stream().noneMatch(part -> part > 0)) {
      throw new PlacementException(
          Setting.TENSOR_SPLIT,
          "the parts are " + tensorSplit + ", expected 0 or more each, and not 0 for all");
    }
  }

  /** Options with a number of layers on GPUs, and defaults for the rest. */
  public static PlacementOptions layers(int gpuLayers) {
    return new PlacementOptions(gpuLayers, false, List.of(), -1, false, List.of());
  }

  /** The same with the output head on another GPU. */
  public PlacementOptions withMainGpu(int number) {
    return new PlacementOptions(
        gpuLayers, limitedByBudget, tensorSplit, number, kvOnCpu, overrides);
  }

  /**
   * The options without a device that failed. The tensor split is dropped, because it was given for
   * all devices.
   */
  PlacementOptions without(String device) {
    List<TensorOverride> left =
        overrides.stream().filter(override -> !override.device().equals(device)).toList();
    return new PlacementOptions(gpuLayers, limitedByBudget, List.of(), -1, kvOnCpu, left);
  }

  /** The options for the CPU alone. */
  PlacementOptions onCpu() {
    List<TensorOverride> left =
        overrides.stream().filter(override -> DeviceChoice.isCpu(override.device())).toList();
    return new PlacementOptions(0, false, List.of(), -1, kvOnCpu, left);
  }
}
