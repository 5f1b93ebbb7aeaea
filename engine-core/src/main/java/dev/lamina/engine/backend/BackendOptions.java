package dev.lamina.engine.backend;

/**
 * @param threads CPU threads to compute with, 1 or more
 */
public record BackendOptions(int threads) {
  public BackendOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", expected 1 or more");
    }
  }
}
