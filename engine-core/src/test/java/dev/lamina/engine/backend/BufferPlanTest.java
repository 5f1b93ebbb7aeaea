package dev.lamina.engine.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Rows;
import dev.lamina.engine.testing.SmallModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BufferPlanTest {
  private static final RuntimeConfig CONFIG = RuntimeConfig.of(64, 8).withMaxLogits(2);

  /** Random operations: no value is overwritten while it is still to be read. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void valuesThatAreNeededHaveBuffersOfTheirOwn(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      List<Rows> values = new ArrayList<>(List.of(value(random, "in0"), value(random, "in1")));
      List<Op> ops = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Rows a = values.get(random.nextInt(values.size()));
        Rows out = new Rows("out" + i, a.width(), a.set());
        Op op =
            switch (random.nextInt(3)) {
              case 0 -> new Op.Scale(a, out, 2);
              case 1 -> new Op.MatMul(a, value(random, "product" + i), null, null);
              default -> new Op.Add(a, like(a, values, random), out);
            };
        ops.add(op);
        values.add(op.out());
      }
      List<Segment> segments = segments(random, ops, values.getLast());
      if (round % 2 == 0) {
        segments.remove(1); // another device's
      }
      BufferPlan plan = BufferPlan.of(segments, CONFIG);
      for (Segment segment : segments) {
        run(segment, plan);
        sizes(plan, segment.ops());
      }
    }
  }

  /** Divides operations in three. */
  private static List<Segment> segments(Random random, List<Op> ops, Rows result) {
    int first = 1 + random.nextInt(ops.size() - 2);
    int second = first + 1 + random.nextInt(ops.size() - first - 1);
    List<Segment> segments = new ArrayList<>();
    for (int[] part : new int[][] {{0, first}, {first, second}, {second, ops.size()}}) {
      Set<Rows> later = new HashSet<>(Set.of(result));
      ops.subList(part[1], ops.size()).forEach(op -> later.addAll(op.reads()));
      List<Op> mine = ops.subList(part[0], part[1]);
      segments.add(Segment.of(mine, mine.stream().map(Op::out).filter(later::contains).toList()));
    }
    return segments;
  }

  private static Rows value(Random random, String name) {
    RowSet set = random.nextInt(4) == 0 ? RowSet.WANTED : RowSet.ALL;
    return new Rows(name, 1 + random.nextInt(3), set);
  }

  private static Rows like(Rows a, List<Rows> values, Random random) {
    List<Rows> same =
        values.stream().filter(b -> b.width() == a.width() && b.set() == a.set()).toList();
    return same.get(random.nextInt(same.size()));
  }

  /** Runs the operations over names: each finds what it reads where it was written. */
  private static void run(Segment segment, BufferPlan plan) {
    Map<Integer, Rows> buffers = new HashMap<>();
    for (Rows in : segment.inputs()) {
      assertEquals(null, buffers.put(plan.indexOf(in), in), "two inputs in one buffer");
    }
    for (Op op : segment.ops()) {
      for (Rows in : op.reads()) {
        assertEquals(in, buffers.get(plan.indexOf(in)), op.toString());
        boolean shares = plan.isShared(in, op.out());
        assertFalse(shares && !op.worksInPlace(), op + " writes what it reads");
        assertFalse(shares && in.set() != op.out().set());
      }
      buffers.put(plan.indexOf(op.out()), op.out());
    }
    for (Rows out : segment.outputs()) {
      assertEquals(out, buffers.get(plan.indexOf(out)));
    }
  }

  private static void sizes(BufferPlan plan, List<Op> ops) {
    for (Op op : ops) {
      Rows out = op.out();
      int floats = out.width() * CONFIG.rows(out.set());
      assertTrue(plan.floats(plan.indexOf(out)) >= floats);
      assertTrue(plan.values(plan.indexOf(out)).contains(out));
    }
  }

  /** A model of six layers needs no more buffers than one of them. */
  @Test
  void layersShareBuffers() {
    List<Op> ops = SmallModel.load().graph().ops();
    BufferPlan plan =
        BufferPlan.of(List.of(Segment.all(SmallModel.load().graph())), RuntimeConfig.of(64, 8));
    assertTrue(plan.size() <= 6, plan.size() + " buffers for " + ops.size() + " operations");
  }

  /** Values between segments of devices live until the last one that reads them. */
  @Test
  void valuesBetweenSegments() {
    Rows a = new Rows("a", 4);
    Rows b = new Rows("b", 4);
    Rows c = new Rows("c", 4);
    Rows d = new Rows("d", 4);
    Segment first = new Segment(List.of(), List.of(), List.of(a, b));
    Segment second = new Segment(List.of(), List.of(a), List.of(c));
    Segment third = new Segment(List.of(), List.of(b, c), List.of(d));
    BufferPlan plan = BufferPlan.between(List.of(first, second, third), d, CONFIG);
    Set<Integer> used = new HashSet<>();
    for (Rows value : List.of(a, b, c)) {
      used.add(plan.indexOf(value));
    }
    assertEquals(3, used.size(), "an output is written while the inputs are still there");
  }
}
