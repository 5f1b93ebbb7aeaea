package dev.lamina.cpu.assembler;

/** A place in the code of one {@link Assembler}, to jump to or to read data from. */
public final class Label {
  private final String name;
  private int position = -1;

  /**
   * @param name for the listing
   */
  public Label(String name) {
    this.name = name;
  }

  /** Offset in the code; -1 until the label is bound. */
  public int position() {
    return position;
  }

  void bind(int offset) {
    if (position >= 0) {
      throw new IllegalArgumentException("label " + name + " is bound already");
    }
    position = offset;
  }

  @Override
  public String toString() {
    return name;
  }
}
