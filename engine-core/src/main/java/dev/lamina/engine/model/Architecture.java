package dev.lamina.engine.model;

import java.util.List;

/** A family of models. It defines how to read the file and what a layer computes. */
public interface Architecture {
  /** Value of {@code general.architecture}. */
  String name();

  ModelConfig config(ConfigReader reader);

  /** The operations of one layer, from {@code hidden} to {@code hidden}. */
  List<Op> layer(LayerBuilder layer);
}
