package dev.lamina.bench.batched;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.model.RowSet;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A device that computes nothing and notes what each pass has. */
final class RecordingBackend implements Backend {
  /**
   * Rows of one sequence in a pass.
   *
   * @param page the sequence's first one
   * @param wanted how many logits are
   */
  record Rows(int page, int position, List<Integer> tokens, int wanted) {
    /** Positions, and a star for each wanted row: {@code 0-2*}. */
    @Override
    public String toString() {
      return position + "-" + (position + tokens.size() - 1) + "*".repeat(wanted);
    }
  }

  final List<List<Rows>> passes = new ArrayList<>();

  @Override
  public boolean supports(TensorType type) {
    return true;
  }

  @Override
  public MemoryPlan plan(List<Segment> segments, RuntimeConfig config) {
    return MemoryPlan.NONE;
  }

  @Override
  public LayerStack load(List<Segment> segments, RuntimeConfig config) {
    return new LayerStack() {
      @Override
      public void forward(int segment, Batch batch, float[][] in, float[][] out) {
        passes.add(
            IntStream.range(0, batch.runs()).mapToObj(i -> rows(batch, batch.run(i))).toList());
      }

      @Override
      public void copyPage(Group group, int from, int to) {
        throw new AssertionError("the sequences share pages");
      }

      @Override
      public long pageBytes(Group group) {
        return 0;
      }

      @Override
      public String pageLayout() {
        return "nothing";
      }

      @Override
      public void readPage(Group group, int page, MemorySegment to) {
        throw new AssertionError("nothing is saved");
      }

      @Override
      public void writePage(Group group, int page, MemorySegment from) {
        throw new AssertionError("nothing is loaded");
      }

      @Override
      public void close() {}
    };
  }

  private static Rows rows(Batch batch, Batch.Run run) {
    int end = run.first() + run.rows();
    int wanted =
        (int)
            IntStream.range(0, batch.rows(RowSet.WANTED))
                .map(batch::wanted)
                .filter(row -> row >= run.first() && row < end)
                .count();
    return new Rows(
        run.pages(Group.ALL).get(0),
        run.startPosition(),
        IntStream.range(run.first(), end).mapToObj(batch::token).toList(),
        wanted);
  }

  @Override
  public void close() {}
}
