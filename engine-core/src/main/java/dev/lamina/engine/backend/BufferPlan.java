package dev.lamina.engine.backend;

import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The buffers for the values of some segments that run one after the other. Values that are not
 * needed at the same time share a buffer.
 */
public final class BufferPlan {
  private final RuntimeConfig config;
  private final Map<Rows, Integer> buffers = new HashMap<>();
  private final List<List<Rows>> values = new ArrayList<>();
  private final List<Long> sizes = new ArrayList<>();
  private final List<Integer> free = new ArrayList<>();

  private BufferPlan(RuntimeConfig config) {
    this.config = config;
  }

  /**
   * Plans the buffers of a device's segments. A value that several of them have keeps its buffer
   * from the first to the last one.
   */
  public static BufferPlan of(List<Segment> segments, RuntimeConfig config) {
    BufferPlan plan = new BufferPlan(config);
    Map<Rows, Integer> last = lastUses(segments);
    int time = 0;
    for (Segment segment : segments) {
      time = plan.add(segment, time, last);
    }
    return plan;
  }

  /**
   * Plans the buffers of the values that pass between segments.
   *
   * @param segments of all devices, in the order in which they run
   * @param result the value that no segment reads, which has a place of its own
   */
  public static BufferPlan between(List<Segment> segments, Rows result, RuntimeConfig config) {
    BufferPlan plan = new BufferPlan(config);
    Map<Rows, Integer> last = new HashMap<>();
    for (int i = 0; i < segments.size(); i++) {
      for (Rows in : segments.get(i).inputs()) {
        last.put(in, i);
      }
    }
    for (int i = 0; i < segments.size(); i++) {
      segments.get(i).outputs().stream().filter(out -> out != result).forEach(plan::take);
      for (Rows in : segments.get(i).inputs()) {
        if (last.get(in) == i) {
          plan.release(in);
        }
      }
    }
    return plan;
  }

  /** Number of buffers. */
  public int size() {
    return values.size();
  }

  /** The buffer of a value. */
  public int indexOf(Rows value) {
    return buffers.get(value);
  }

  /** Whether two values share a buffer. */
  public boolean isShared(Rows a, Rows b) {
    return indexOf(a) == indexOf(b);
  }

  /** The values that share a buffer. */
  public List<Rows> values(int buffer) {
    return values.get(buffer);
  }

  /** Number of float32 values of a buffer. */
  public long floats(int buffer) {
    return sizes.get(buffer);
  }

  /**
   * Adds a segment that begins at a time: its inputs come, each operation takes a unit of time,
   * then its outputs go.
   *
   * @param last when each value is used last
   * @return the time after it
   */
  private int add(Segment segment, int begin, Map<Rows, Integer> last) {
    int time = begin;
    for (Rows in : segment.inputs()) {
      if (!buffers.containsKey(in)) {
        take(in);
      }
    }
    for (Op op : segment.ops()) {
      add(op, time++, last);
    }
    for (Rows out : segment.outputs()) {
      if (last.get(out) == time) {
        release(out);
      }
    }
    return time + 1;
  }

  private void add(Op op, int time, Map<Rows, Integer> last) {
    List<Rows> dying =
        op.reads().stream().distinct().filter(value -> last.get(value) == time).toList();
    Rows replaced = op.worksInPlace() ? replaced(op.out(), dying) : null;
    if (replaced == null) {
      take(op.out());
    } else {
      put(op.out(), indexOf(replaced));
    }
    for (Rows value : dying) {
      if (value != replaced) {
        release(value);
      }
    }
    if (!last.containsKey(op.out())) {
      release(op.out());
    }
  }

  /** The time at which each value is used last. */
  private static Map<Rows, Integer> lastUses(List<Segment> segments) {
    Map<Rows, Integer> last = new HashMap<>();
    int time = 0;
    for (Segment segment : segments) {
      for (Op op : segment.ops()) {
        for (Rows value : op.reads()) {
          last.put(value, time);
        }
        time++;
      }
      for (Rows out : segment.outputs()) {
        last.put(out, time);
      }
      time++;
    }
    return last;
  }

  private static Rows replaced(Rows out, List<Rows> dying) {
    for (Rows value : dying) {
      if (value.width() == out.width() && value.set() == out.set()) {
        return value;
      }
    }
    return null;
  }

  /** Gives a value the free buffer that fits best, or a new one. */
  private void take(Rows value) {
    long size = floats(value);
    int best = -1;
    for (int buffer : free) {
      if (best < 0 || fitsBetter(sizes.get(buffer), sizes.get(best), size)) {
        best = buffer;
      }
    }
    if (best < 0) {
      best = values.size();
      values.add(new ArrayList<>());
      sizes.add(0L);
    } else {
      free.remove(Integer.valueOf(best));
    }
    put(value, best);
  }

  /** Whether the smallest buffer that is large enough, else the largest one. */
  private static boolean fitsBetter(long a, long b, long size) {
    return b < size ? a > b : a >= size && a < b;
  }

  private void put(Rows value, int buffer) {
    buffers.put(value, buffer);
    values.get(buffer).add(value);
    sizes.set(buffer, Math.max(sizes.get(buffer), floats(value)));
  }

  private void release(Rows value) {
    free.add(buffers.get(value));
  }

  private long floats(Rows value) {
    return Math.multiplyExact((long) config.rows(value.set()), value.width());
  }
}
