package dev.lamina.engine.model;

import java.util.List;

/** A family of models: how its file is read and what one of its layers computes. */
public interface Architecture {
  /** Value of {@code general.architecture}. */
  String name();

  ModelConfig config(ConfigReader reader);

  /** The operations of one layer, from {@code hidden} to {@code hidden}. */
  List<Op> layer(LayerBuilder layer);
}
