package dev.lamina.engine.rows;

import dev.lamina.engine.rows.RowNode.Kind;

/** The programs of the operations. Operands are named after their numbers. */
public final class RowPrograms {
  /** {@code 1 = 0}. */
  public static final RowProgram COPY = copy();

  /** {@code 2 = 0 + 1}. */
  public static final RowProgram ADD = add();

  /** {@code 1 = 0 * parameter}. */
  public static final RowProgram SCALE = scale();

  /** {@code 1 = 0}, rounded to half floats. */
  public static final RowProgram ROUND_TO_F16 = roundToF16();

  /** {@code 2 = 0 / sqrt(mean(0^2) + parameter) * 1}. */
  public static final RowProgram RMS_NORM = rmsNorm();

  /** {@code 3 = (0 - mean(0)) / sqrt(variance(0) + parameter) * 1 + 2}. */
  public static final RowProgram LAYER_NORM = layerNorm();

  /** {@code 2 = silu(0) * 1}, with {@code silu(x) = x / (1 + e^-x)}. */
  public static final RowProgram GATED_SILU = gatedSilu();

  /** {@code 4 = 0 * 2 - 1 * 3; 5 = 0 * 3 + 1 * 2}: pairs (0, 1), cosines 2, sines 3. */
  public static final RowProgram ROTATE_HALVES = rotateHalves();

  /**
   * {@code 3 = 0 * 1 + 0' * 2}: 0' has the elements of each pair exchanged, 1 the cosine of a pair
   * twice, 2 its sine twice, the first one negative.
   */
  public static final RowProgram ROTATE_PAIRS = rotatePairs();

  private RowPrograms() {}

  private static RowProgram copy() {
    RowProgram.Builder b = new RowProgram.Builder("copy");
    b.store(1, b.load(0));
    return b.build();
  }

  private static RowProgram add() {
    RowProgram.Builder b = new RowProgram.Builder("add");
    b.store(2, b.add(b.load(0), b.load(1)));
    return b.build();
  }

  private static RowProgram scale() {
    RowProgram.Builder b = new RowProgram.Builder("scale");
    b.store(1, b.multiply(b.load(0), b.parameter(0)));
    return b.build();
  }

  private static RowProgram roundToF16() {
    RowProgram.Builder b = new RowProgram.Builder("round to f16");
    b.store(1, b.node(Kind.ROUND_TO_F16, b.load(0)));
    return b.build();
  }

  private static RowProgram rmsNorm() {
    RowProgram.Builder b = new RowProgram.Builder("rms norm");
    RowNode x = b.load(0);
    RowNode mean = b.divide(b.node(Kind.SUM, b.multiply(x, x)), b.count());
    RowNode root = b.node(Kind.SQRT, b.add(mean, b.parameter(0)));
    RowNode factor = b.divide(b.constant(1), root);
    b.store(2, b.multiply(b.multiply(x, factor), b.load(1)));
    return b.build();
  }

  private static RowProgram layerNorm() {
    RowProgram.Builder b = new RowProgram.Builder("layer norm");
    RowNode x = b.load(0);
    RowNode centered = b.subtract(x, b.divide(b.node(Kind.SUM, x), b.count()));
    RowNode squares = b.node(Kind.SUM, b.multiply(centered, centered));
    RowNode root = b.node(Kind.SQRT, b.add(b.divide(squares, b.count()), b.parameter(0)));
    RowNode factor = b.divide(b.constant(1), root);
    b.store(3, b.add(b.multiply(b.multiply(centered, factor), b.load(1)), b.load(2)));
    return b.build();
  }

  private static RowProgram gatedSilu() {
    RowProgram.Builder b = new RowProgram.Builder("gated silu");
    RowNode gate = b.load(0);
    RowNode divisor = b.add(b.node(Kind.EXP, b.node(Kind.NEGATE, gate)), b.constant(1));
    b.store(2, b.multiply(b.divide(gate, divisor), b.load(1)));
    return b.build();
  }

  private static RowProgram rotateHalves() {
    RowProgram.Builder b = new RowProgram.Builder("rotate halves");
    RowNode first = b.load(0);
    RowNode second = b.load(1);
    RowNode cos = b.load(2);
    RowNode sin = b.load(3);
    b.store(4, b.subtract(b.multiply(first, cos), b.multiply(second, sin)));
    b.store(5, b.add(b.multiply(first, sin), b.multiply(second, cos)));
    return b.build();
  }

  private static RowProgram rotatePairs() {
    RowProgram.Builder b = new RowProgram.Builder("rotate pairs");
    RowNode x = b.load(0);
    RowNode other = b.multiply(b.node(Kind.SWAP_PAIRS, x), b.load(2));
    b.store(3, b.add(b.multiply(x, b.load(1)), other));
    return b.build();
  }
}
