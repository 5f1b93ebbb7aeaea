package dev.lamina.engine.generate;

/**
 * When to stop.
 *
 * @param maxTokens most tokens to generate; -1 until the model ends or the context is full
 * @param ignoreEos never choose an end-of-generation token
 */
public record GenerationOptions(int maxTokens, boolean ignoreEos) {}
