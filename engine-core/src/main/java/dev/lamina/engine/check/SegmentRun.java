package dev.lamina.engine.check;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Rows;
import java.util.List;
import java.util.Objects;

/**
 * Runs single operations on a backend. Each operation is its own segment, and all its values are
 * inputs or outputs.
 */
final class SegmentRun implements AutoCloseable {
  private final List<Op> ops;
  private final LayerStack stack;
  private final Batch batch;
  private final PageTable[][] pages;

  SegmentRun(Backend backend, List<Op> ops, RuntimeConfig config) {
    this.ops = List.copyOf(ops);
    this.stack = backend.load(segments(ops), config);
    List<Group> groups = groups(ops);
    this.batch = Batch.of(groups, config);
    this.pages = pages(groups, config);
  }

  private static List<Group> groups(List<Op> ops) {
    return ops.stream().map(Op::group).filter(Objects::nonNull).distinct().toList();
  }

  /** The pages of each sequence and group; sequences take turns in the memory. */
  private static PageTable[][] pages(List<Group> groups, RuntimeConfig config) {
    int n = config.sequences();
    PageTable[][] pages = new PageTable[n][groups.size()];
    for (int i = 0; i < n; i++) {
      for (int g = 0; g < groups.size(); g++) {
        int end = config.pages(groups.get(g));
        pages[i][g] = PageTable.every(n, i, end, config.pagesPerSequence());
      }
    }
    return pages;
  }

  /** The pages of a sequence for an operation that keeps something. */
  PageTable pages(int sequence, Op op) {
    return pages[sequence][groups(ops).indexOf(op.group())];
  }

  static List<Segment> segments(List<Op> ops) {
    return ops.stream().map(op -> new Segment(List.of(op), op.reads(), List.of(op.out()))).toList();
  }

  /**
   * Runs one operation. If it works on wanted rows, these are the second half, the larger one.
   *
   * @param tokens of the batch, whose size they give
   * @param in values of what it reads, [rows, width] each
   * @return what it writes, [rows, width]
   */
  float[] run(int index, int[] tokens, int position, float[]... in) {
    batch.clear();
    boolean isOfWanted = ops.get(index).out().set() == RowSet.WANTED;
    int firstWanted = isOfWanted ? tokens.length / 2 : tokens.length;
    batch.add(pages[0], position, tokens, 0, tokens.length, firstWanted);
    return forward(index, in);
  }

  /**
   * Runs one operation on the rows of all sequences, one sequence after the other.
   *
   * @param rows of each sequence
   * @param positions of the first row of each
   */
  float[] run(int index, int[] rows, int[] positions, float[]... in) {
    batch.clear();
    for (int i = 0; i < rows.length; i++) {
      batch.add(pages[i], positions[i], new int[rows[i]], 0, rows[i], rows[i]);
    }
    return forward(index, in);
  }

  private float[] forward(int index, float[][] in) {
    Rows out = ops.get(index).out();
    float[] result = new float[batch.rows(out.set()) * out.width()];
    stack.forward(index, batch, in, new float[][] {result});
    return result;
  }

  @Override
  public void close() {
    stack.close();
  }
}
