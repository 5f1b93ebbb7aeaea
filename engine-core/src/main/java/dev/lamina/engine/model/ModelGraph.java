package dev.lamina.engine.model;

import java.util.List;

/**
 * The computation of a model: from token ids to hidden states, through the layers, to logits.
 *
 * @param embedding writes {@code hidden}
 * @param layers each reads and writes {@code hidden}
 * @param head reads {@code hidden}, writes {@code logits}
 * @param hidden the residual stream, the only buffer that lives from one layer to the next
 * @param logits one value per token of the vocabulary
 */
public record ModelGraph(
    List<Op> embedding,
    List<List<Op>> layers,
    List<Op> head,
    Activation hidden,
    Activation logits) {
  public ModelGraph {
    embedding = List.copyOf(embedding);
    layers = layers.stream().map(List::copyOf).toList();
    head = List.copyOf(head);
  }
}
