package dev.lamina.engine.rows;

/** A value of a {@link RowProgram}, or a place that it writes. */
public final class RowNode {

  /** How a node follows from its inputs. */
  public enum Kind {
    /** The elements of an operand. */
    LOAD(0),
    /** The first element of an operand, for all elements. */
    LOAD_ONE(0),
    /** A parameter of the call. */
    PARAMETER(0),
    /** The number of elements. */
    COUNT(0),
    CONSTANT(0),
    ADD(2),
    SUBTRACT(2),
    MULTIPLY(2),
    DIVIDE(2),
    /** {@code a < b ? a : b}, so b with NaN. */
    MIN(2),
    /** {@code a > b ? a : b}. */
    MAX(2),
    NEGATE(1),
    ABS(1),
    SQRT(1),
    /** e^x; infinite above 89, 0 below -104. */
    EXP(1),
    /** The natural logarithm of a positive, normal number. */
    LOG(1),
    /** {@code a > b ? c : d}; d with NaN. */
    SELECT(4),
    /** Rounded to the nearest half float, ties to even. */
    ROUND_TO_F16(1),
    /** Elements 2i and 2i + 1 change places. The number of elements is even. */
    SWAP_PAIRS(1),
    /** Sum over all elements, in any order. */
    SUM(1),
    /** The largest element; NaN may be ignored. Negative infinity for no elements. */
    LARGEST(1),
    /** Writes the elements of an operand. */
    STORE(1),
    /** Writes the first element of an operand. */
    STORE_ONE(1);

    private final int inputs;

    Kind(int inputs) {
      this.inputs = inputs;
    }

    /** Number of nodes that it is made from. */
    public int inputs() {
      return inputs;
    }

    /** Whether one value comes from all elements. */
    public boolean isReduction() {
      return this == SUM || this == LARGEST;
    }

    public boolean isStore() {
      return this == STORE || this == STORE_ONE;
    }
  }

  private final Kind kind;
  private final int number;
  private final RowNode[] inputs;
  private final int index;
  private final float value;
  private final boolean single;
  private final int pass;

  /**
   * @param number in the order of computation
   * @param index of the operand or parameter
   * @param value of a constant
   */
  RowNode(Kind kind, int number, int index, float value, RowNode... inputs) {
    this.kind = kind;
    this.number = number;
    this.inputs = inputs;
    this.index = index;
    this.value = value;
    boolean allSingle = kind != Kind.LOAD;
    int first = 0;
    for (RowNode input : inputs) {
      allSingle &= input.single;
      first = Math.max(first, input.kind.isReduction() ? input.pass + 1 : input.pass);
    }
    this.single = allSingle || kind.isReduction();
    this.pass = first;
  }

  public Kind kind() {
    return kind;
  }

  /** Number of the node in its program. */
  public int number() {
    return number;
  }

  public RowNode input(int i) {
    return inputs[i];
  }

  /** Number of the operand or parameter. */
  public int index() {
    return index;
  }

  /** The value of a constant. */
  public float value() {
    return value;
  }

  /** Whether all elements have the same value. */
  public boolean isSingle() {
    return single;
  }

  /**
   * The pass over the elements in which the node is computed at the earliest: a reduction is known
   * after its pass.
   */
  public int pass() {
    return pass;
  }
}
