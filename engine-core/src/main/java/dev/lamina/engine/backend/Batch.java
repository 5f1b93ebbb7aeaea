package dev.lamina.engine.backend;

import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.RowSet;
import java.util.List;

/**
 * The input of one forward pass: a row for each token, of one or several sequences. The rows of a
 * sequence are consecutive tokens of it, a run. Passes reuse the object.
 */
public final class Batch {
  private final List<Group> groups;
  private final int[] tokens;
  private final int[] positions;
  private final int[] runOf;
  private final int[] wanted;
  private final Run[] runs;
  private int size;
  private int nWanted;
  private int nRuns;

  /**
   * @param groups of the model
   * @param rows most rows
   * @param runs most sequences
   */
  public Batch(List<Group> groups, int rows, int runs) {
    this.groups = List.copyOf(groups);
    tokens = new int[rows];
    positions = new int[rows];
    runOf = new int[rows];
    wanted = new int[rows];
    this.runs = new Run[runs];
    for (int i = 0; i < runs; i++) {
      this.runs[i] = new Run(this.groups);
    }
  }

  /** A batch for the passes of a stack. */
  public static Batch of(List<Group> groups, RuntimeConfig config) {
    return new Batch(groups, config.batchSize(), config.sequences());
  }

  /** Removes all rows. */
  public void clear() {
    size = 0;
    nWanted = 0;
    nRuns = 0;
  }

  /**
   * Adds tokens of a sequence that has no rows here yet.
   *
   * @param tables where what each group keeps of the sequence is and will be, up to the last of the
   *     tokens
   * @param startPosition position of the first token in the sequence
   * @param ids array that holds the tokens
   * @param offset first token
   * @param count tokens to take, 1 or more
   * @param firstWanted index, among them, of the first token whose logits are wanted; count for
   *     none
   */
  public void add(
      PageTable[] tables, int startPosition, int[] ids, int offset, int count, int firstWanted) {
    Run run = runs[nRuns];
    run.tables = tables;
    run.first = size;
    run.rows = count;
    run.startPosition = startPosition;
    System.arraycopy(ids, offset, tokens, size, count);
    for (int i = 0; i < count; i++) {
      positions[size] = startPosition + i;
      runOf[size] = nRuns;
      if (i >= firstWanted) {
        wanted[nWanted++] = size;
      }
      size++;
    }
    nRuns++;
  }

  public int size() {
    return size;
  }

  public int token(int row) {
    return tokens[row];
  }

  /** Position of a row's token in its sequence. */
  public int position(int row) {
    return positions[row];
  }

  /** The pages of a row's sequence. */
  public PageTable pages(int row, Group group) {
    return runs[runOf[row]].pages(group);
  }

  /** Number of sequences. */
  public int runs() {
    return nRuns;
  }

  public Run run(int i) {
    return runs[i];
  }

  /** Index of the run of a row. */
  public int runOf(int row) {
    return runOf[row];
  }

  /** Number of rows of a value: of all tokens, or of those whose logits are wanted. */
  public int rows(RowSet set) {
    return set == RowSet.ALL ? size : nWanted;
  }

  /** Index, among all rows, of a wanted one. */
  public int wanted(int i) {
    return wanted[i];
  }

  /** The rows of one sequence. */
  public static final class Run {
    private final List<Group> groups;
    private PageTable[] tables;
    private int first;
    private int rows;
    private int startPosition;

    private Run(List<Group> groups) {
      this.groups = groups;
    }

    /** The sequence's pages of a group. */
    public PageTable pages(Group group) {
      return tables[groups.indexOf(group)];
    }

    /** Index of the first row. */
    public int first() {
      return first;
    }

    /** Number of rows. */
    public int rows() {
      return rows;
    }

    /** Position of the first row's token. */
    public int startPosition() {
      return startPosition;
    }
  }
}
