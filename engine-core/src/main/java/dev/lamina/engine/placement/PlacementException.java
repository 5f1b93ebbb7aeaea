package dev.lamina.engine.placement;

/** Thrown when options for devices make no sense, or do not fit this model or these devices. */
public final class PlacementException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** The option that is wrong. */
  public enum Setting {
    /** Names of the devices to use. */
    DEVICES,
    /** {@link PlacementOptions#gpuLayers}. */
    GPU_LAYERS,
    /** {@link PlacementOptions#tensorSplit}. */
    TENSOR_SPLIT,
    /** {@link PlacementOptions#mainGpu}. */
    MAIN_GPU,
    /** {@link MemoryBudget}. */
    GPU_MEMORY,
    /** The device of a {@link TensorOverride}. */
    OVERRIDE_DEVICE,
    /** The tensors of a {@link TensorOverride}. */
    OVERRIDE_TENSORS
  }

  private final Setting setting;

  PlacementException(Setting setting, String message) {
    super(message);
    this.setting = setting;
  }

  PlacementException(Setting setting, String message, Throwable cause) {
    super(message, cause);
    this.setting = setting;
  }

  /** The option that is wrong. */
  public Setting setting() {
    return setting;
  }
}
