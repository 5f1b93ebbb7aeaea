package dev.lamina.runtime;

import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.ProductObserver;
import java.util.function.Function;

/**
 * Settings to run a model with.
 *
 * @param sizes gives the sizes of the session for a model
 * @param rope the user's RoPE settings
 * @param compute options of the CPU
 * @param devices GPUs to use
 * @param placement what runs on them
 * @param observer gets the inputs of matrix products; null for none
 */
public record ModelSettings(
    Function<ModelConfig, RuntimeConfig> sizes,
    RopeOverrides rope,
    BackendOptions compute,
    DeviceRequest devices,
    PlacementOptions placement,
    ProductObserver observer) {
  /** Default size of the context: a long one takes memory that few use. */
  public static final int DEFAULT_CONTEXT = 4096;

  /** Default for the largest number of tokens computed at once. */
  public static final int DEFAULT_UBATCH = 512;
}
