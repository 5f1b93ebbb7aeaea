package dev.lamina.engine.backend;

import dev.lamina.engine.model.RowSet;

/** Consecutive tokens of one sequence: the input of one forward pass. Passes reuse the object. */
public final class Batch {
  private final int[] tokens;
  private int size;
  private int startPosition;
  private int firstWanted;

  /**
   * @param capacity most tokens
   */
  public Batch(int capacity) {
    tokens = new int[capacity];
  }

  /**
   * Fills the batch for the next pass.
   *
   * @param ids array that holds the tokens
   * @param offset first token
   * @param count tokens to take, 1 to the capacity
   * @param startPosition position of the first token in the sequence
   * @param firstWanted index, in the batch, of the first token whose logits are wanted; count for
   *     none
   */
  public void set(int[] ids, int offset, int count, int startPosition, int firstWanted) {
    System.arraycopy(ids, offset, tokens, 0, count);
    this.size = count;
    this.startPosition = startPosition;
    this.firstWanted = firstWanted;
  }

  public int size() {
    return size;
  }

  public int token(int i) {
    return tokens[i];
  }

  public int startPosition() {
    return startPosition;
  }

  /** Number of rows of a value: of all tokens, or of those whose logits are wanted. */
  public int rows(RowSet set) {
    return set == RowSet.ALL ? size : size - firstWanted;
  }

  /** Index, among all tokens, of a wanted one. */
  public int wanted(int i) {
    return firstWanted + i;
  }
}
