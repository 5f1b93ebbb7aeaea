package dev.lamina.engine.model;

/**
 * A value of a model's graph: rows of float32 values. One operation writes it, any number of later
 * ones read it. Values are compared by identity.
 */
public final class Rows {
  private final String name;
  private final int width;
  private final RowSet set;

  /**
   * @param name for messages
   * @param width values of a row
   */
  public Rows(String name, int width, RowSet set) {
    this.name = name;
    this.width = width;
    this.set = set;
  }

  /** A value with a row for each token of a batch. */
  public Rows(String name, int width) {
    this(name, width, RowSet.ALL);
  }

  public String name() {
    return name;
  }

  public int width() {
    return width;
  }

  public RowSet set() {
    return set;
  }

  @Override
  public String toString() {
    return name + "[" + width + "]";
  }
}
