package dev.lamina.runtime;

import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.ProductObserver;
import java.util.function.Function;

/**
 * How a model is run.
 *
 * @param sizes of the session, for a model
 * @param rope changes of positions
 * @param compute of the CPU
 * @param devices which GPUs
 * @param placement what they get
 * @param observer is shown the inputs of matrix products; null for none
 */
public record ModelSettings(
    Function<ModelConfig, SessionConfig> sizes,
    RopeOverrides rope,
    BackendOptions compute,
    DeviceRequest devices,
    PlacementOptions placement,
    ProductObserver observer) {
  /** Context if none is asked for: a long one takes memory that few use. */
  public static final int DEFAULT_CONTEXT = 4096;

  /** Most tokens computed at once if nothing else is asked for. */
  public static final int DEFAULT_UBATCH = 512;
}
