package dev.lamina.engine.backend;

import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.RowSet;

/**
 * The input of one forward pass: a row for each token, of one or several sequences. The rows of a
 * sequence are consecutive tokens of it, a run. Passes reuse the object.
 */
public final class Batch {
  private final int[] tokens;
  private final int[] positions;
  private final int[] runOf;
  private final int[] wanted;
  private final Run[] runs;
  private int size;
  private int nWanted;
  private int nRuns;

  /**
   * @param rows most rows
   * @param runs most sequences
   */
  public Batch(int rows, int runs) {
    tokens = new int[rows];
    positions = new int[rows];
    runOf = new int[rows];
    wanted = new int[rows];
    this.runs = new Run[runs];
    for (int i = 0; i < runs; i++) {
      this.runs[i] = new Run();
    }
  }

  /** A batch for the passes of a stack. */
  public static Batch of(SessionConfig config) {
    return new Batch(config.batchSize(), config.sequences());
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
   * @param pages where the sequence's keys and values are and will be, up to the last of the tokens
   * @param startPosition position of the first token in the sequence
   * @param ids array that holds the tokens
   * @param offset first token
   * @param count tokens to take, 1 or more
   * @param firstWanted index, among them, of the first token whose logits are wanted; count for
   *     none
   */
  public void add(
      PageTable pages, int startPosition, int[] ids, int offset, int count, int firstWanted) {
    Run run = runs[nRuns];
    run.pages = pages;
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
    private PageTable pages;
    private int first;
    private int rows;
    private int startPosition;

    private Run() {}

    /** The sequence's pages. */
    public PageTable pages() {
      return pages;
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
