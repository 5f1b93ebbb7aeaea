package dev.lamina.engine.model;

import dev.lamina.engine.memory.Group;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The computation of a model, from token ids to logits. Each value is written before it is read.
 *
 * @param embedding operations before the first layer
 * @param layers operations of each layer
 * @param head operations after the last layer
 * @param logits the result, one value per token of the vocabulary
 */
public record ModelGraph(List<Op> embedding, List<List<Op>> layers, List<Op> head, Rows logits) {
  public ModelGraph {
    embedding = List.copyOf(embedding);
    layers = layers.stream().map(List::copyOf).toList();
    head = List.copyOf(head);
  }

  /** What the operations keep of sequences, each once. */
  public List<Group> groups() {
    return ops().stream().map(Op::group).filter(Objects::nonNull).distinct().toList();
  }

  /** All operations in the order in which they run. */
  public List<Op> ops() {
    return Stream.of(embedding.stream(), layers.stream().flatMap(List::stream), head.stream())
        .flatMap(ops -> ops)
        .toList();
  }
}
