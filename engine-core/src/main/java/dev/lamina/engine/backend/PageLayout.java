package dev.lamina.engine.backend;

import dev.lamina.engine.memory.Group;
import dev.lamina.engine.model.Op;
import java.util.List;

/** Names of the layouts of pages. */
public final class PageLayout {
  private PageLayout() {}

  /**
   * The name of a layout: its form, the types of keys and values, and for each operation that keeps
   * something its result, what it keeps and how wide that is, in the order of their bytes.
   *
   * @param form how an operation's bytes are arranged; another word for each arrangement
   * @param segments of a stack
   */
  public static String of(String form, List<Segment> segments, RuntimeConfig config) {
    StringBuilder name = new StringBuilder(form);
    name.append(' ').append(config.keyType()).append(' ').append(config.valueType());
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        // No switch over types, which costs milliseconds at the start.
        if (op instanceof Op.Attention layer) {
          String shape = layer.nKvHeads() + "x" + layer.headDim();
          add(name, op, op.group().equals(Group.ALL) ? shape : shape + "," + op.group());
        } else if (op instanceof Op.DecayingSum sum) {
          add(name, op, "state " + sum.out().width());
        }
      }
    }
    return name.toString();
  }

  private static void add(StringBuilder name, Op op, String shape) {
    name.append(' ').append(op.out().name()).append(':').append(shape);
  }
}
