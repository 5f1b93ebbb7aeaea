package dev.lamina.cli;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.engine.placement.ProductObserver;
import dev.lamina.runtime.ModelSettings;
import dev.lamina.runtime.OpenModel;
import java.util.function.Function;

/** Opens the model of the command line on the devices of the command line. */
final class ModelStart {
  private ModelStart() {}

  /** Opens a model with a session of the sizes in the options. */
  static OpenModel start(Console console, ModelOptions model, EngineOptions options) {
    return start(console, model, options, options::session, null);
  }

  /**
   * Opens a model with a session of other sizes.
   *
   * @param sizes gives the sizes of the session for a model
   * @param observer gets the inputs of matrix products; null for none
   * @throws CliException if the options do not suit the model
   */
  static OpenModel start(
      Console console,
      ModelOptions model,
      EngineOptions options,
      Function<ModelConfig, RuntimeConfig> sizes,
      ProductObserver observer) {
    DeviceOptions devices = options.devices();
    ModelSettings settings =
        new ModelSettings(
            sizes,
            options.rope(),
            options.compute(),
            devices.request(),
            devices.placement(),
            observer);
    try {
      OpenModel opened =
          OpenModel.start(() -> model.open(console), settings, new ConsoleListener(console));
      devices.tellIfNotCut(console, opened.devices());
      return opened;
    } catch (IllegalArgumentException e) {
      throw new CliException(Errors.refusal(e), e);
    }
  }
}
