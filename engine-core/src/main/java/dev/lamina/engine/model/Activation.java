package dev.lamina.engine.model;

/**
 * A named buffer of activations, {@code width} float32 values for each token of a batch.
 *
 * @param name unique within a model's graph
 * @param width values per token
 */
public record Activation(String name, int width) {}
