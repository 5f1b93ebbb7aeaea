package dev.lamina.engine.backend;

import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.ModelGraph;
import dev.lamina.engine.model.Op;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Consecutive operations of a model that one device runs without a break. Segments depend on each
 * other through their inputs and outputs alone: no buffer but the KV cache keeps a value from one
 * to the next, even on the same device.
 *
 * @param body operations that run on all tokens of a batch
 * @param head operations that run on the tokens whose logits are wanted, after the body
 * @param inputs buffers that come in: read here before they are written
 * @param outputs buffers that go out: written here and read by a later segment, or the logits
 */
public record Segment(
    List<Op> body, List<Op> head, List<Activation> inputs, List<Activation> outputs) {
  public Segment {
    body = List.copyOf(body);
    head = List.copyOf(head);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** A whole model. */
  public static Segment all(ModelGraph graph) {
    List<Op> body = new ArrayList<>(graph.embedding());
    graph.layers().forEach(body::addAll);
    return new Segment(body, graph.head(), List.of(), List.of(graph.logits()));
  }

  /**
   * Whether the segment consists of the head alone. If so, its inputs have only the rows with
   * wanted logits.
   */
  public boolean headOnly() {
    return body.isEmpty();
  }

  /** Body and head. */
  public List<Op> ops() {
    List<Op> ops = new ArrayList<>(body);
    ops.addAll(head);
    return ops;
  }

  /**
   * Buffers that the body writes and the head reads. Between the two, the rows from {@link
   * Batch#firstLogit} on move to the front. Empty unless there are both.
   */
  public List<Activation> carried() {
    Set<Activation> inBody = new LinkedHashSet<>(inputs);
    body.forEach(op -> inBody.addAll(op.writes()));
    return readFirst(head).stream().filter(a -> !headOnly() && inBody.contains(a)).toList();
  }

  /** Buffers that operations read before they have written them, in order. */
  public static List<Activation> readFirst(List<Op> ops) {
    Set<Activation> found = new LinkedHashSet<>();
    Set<Activation> written = new LinkedHashSet<>();
    for (Op op : ops) {
      op.reads().stream().filter(a -> !written.contains(a)).forEach(found::add);
      written.addAll(op.writes());
    }
    return List.copyOf(found);
  }

  /**
   * The buffers that the segments of a stack share, with the largest number of rows that a segment
   * needs: the rows of the batch, or the rows of logits for buffers that occur only in the head.
   */
  public static Map<Activation, Integer> buffers(List<Segment> segments, SessionConfig config) {
    Map<Activation, Integer> rows = new LinkedHashMap<>();
    for (Segment segment : segments) {
      add(rows, segment.inputs, segment.headOnly() ? config.maxLogits() : config.batchSize());
      for (Op op : segment.body) {
        add(rows, op.reads(), config.batchSize());
        add(rows, op.writes(), config.batchSize());
      }
      for (Op op : segment.head) {
        add(rows, op.reads(), config.maxLogits());
        add(rows, op.writes(), config.maxLogits());
      }
    }
    return rows;
  }

  private static void add(Map<Activation, Integer> rows, List<Activation> buffers, int count) {
    buffers.forEach(buffer -> rows.merge(buffer, count, Math::max));
  }
}
