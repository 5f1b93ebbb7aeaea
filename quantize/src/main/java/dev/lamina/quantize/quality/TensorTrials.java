package dev.lamina.quantize.quality;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import java.io.IOException;
import java.nio.file.Path;

/** Measures how much a model's predictions change when a single tensor is replaced. */
public final class TensorTrials {
  private final GgufFile file;
  private final Backend backend;
  private final Path base;
  private final RuntimeConfig config;

  /**
   * @param file the model
   * @param backend multiplies weights as they are in the file, so that only the replacement differs
   * @param base what the model itself predicts
   */
  public TensorTrials(GgufFile file, Backend backend, Path base) throws IOException {
    this.file = file;
    this.backend = backend;
    this.base = base;
    try (BaseFile opened = BaseFile.open(base)) {
      int size = opened.windows().size();
      this.config = RuntimeConfig.of(size, size).withMaxLogits(size);
    }
  }

  /** Mean divergence from the model, over all windows of the base. */
  public double divergence(GgufTensor replacement) throws IOException {
    Model model = Model.load(file.with(replacement), RopeOverrides.none());
    try (BaseFile opened = BaseFile.open(base);
        Session session = new Session(model, backend, config)) {
      return Evaluation.divergence(session, opened, -1, (_, _) -> {}).mean().value();
    }
  }
}
