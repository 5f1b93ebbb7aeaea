package dev.lamina.engine.model;

/** A family of models. It defines how to read the file and what the model computes. */
public interface Architecture {
  /** Value of {@code general.architecture}. */
  String name();

  ModelConfig config(ConfigReader reader);

  /** Writes the whole computation, from the tokens to the logits. */
  void build(GraphBuilder graph);
}
