package dev.lamina.engine.backend;

/** Consecutive layers on one device with their KV cache. Used by one thread at a time. */
public interface LayerStack extends AutoCloseable {
  /**
   * Runs the batch through the layers, whose caches then hold its positions.
   *
   * @param in [batch.size, hiddenSize] row by row; not read by a stack that embeds
   * @param out [batch.size, hiddenSize]; for a stack with the head [batch.nLogits, nVocab]
   * @throws BackendException if the device fails
   */
  void forward(Batch batch, float[] in, float[] out);

  @Override
  void close();
}
