package dev.lamina.engine.rows;

import dev.lamina.engine.rows.RowNode.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * A computation on rows: nodes in an order in which they can be computed. Operands are runs of
 * elements in memory; one that is written may be the same run as one that is read, or another one,
 * but must not overlap it otherwise. Compared by identity.
 */
public final class RowProgram {
  private final String name;
  private final List<RowNode> nodes;
  private final int operands;
  private final int parameters;
  private final RowNode[][] singles;
  private final RowNode[][] loops;

  private RowProgram(Builder builder) {
    name = builder.name;
    nodes = List.copyOf(builder.nodes);
    operands = builder.operands;
    parameters = builder.parameters;
    int last = 0;
    for (RowNode node : nodes) {
      if (node.kind() == Kind.STORE || node.kind().isReduction()) {
        last = Math.max(last, node.pass());
      }
    }
    singles = new RowNode[last + 2][];
    loops = new RowNode[last + 1][];
    for (int pass = 0; pass < singles.length; pass++) {
      singles[pass] = singles(pass);
    }
    for (int pass = 0; pass < loops.length; pass++) {
      loops[pass] = loop(pass);
    }
  }

  private RowNode[] singles(int pass) {
    List<RowNode> result = new ArrayList<>();
    for (RowNode node : nodes) {
      if (node.pass() == pass && node.isSingle() && !node.kind().isReduction()) {
        result.add(node);
      }
    }
    return result.toArray(new RowNode[0]);
  }

  private RowNode[] loop(int pass) {
    boolean[] wanted = new boolean[nodes.size()];
    for (int i = nodes.size() - 1; i >= 0; i--) {
      RowNode node = nodes.get(i);
      boolean root = node.kind() == Kind.STORE || node.kind().isReduction();
      wanted[i] |= root && node.pass() == pass;
      for (int j = 0; wanted[i] && j < node.kind().inputs(); j++) {
        RowNode input = node.input(j);
        wanted[input.number()] |= !input.isSingle();
      }
    }
    List<RowNode> result = new ArrayList<>();
    for (RowNode node : nodes) {
      if (wanted[node.number()]) {
        result.add(node);
      }
    }
    return result.toArray(new RowNode[0]);
  }

  public String name() {
    return name;
  }

  public List<RowNode> nodes() {
    return nodes;
  }

  public int operands() {
    return operands;
  }

  public int parameters() {
    return parameters;
  }

  /** Number of passes over the elements. */
  public int passes() {
    return loops.length;
  }

  /**
   * The values that are the same for all elements and are computed before a pass, or after the last
   * one.
   */
  public RowNode[] before(int pass) {
    return singles[pass];
  }

  /** What a pass computes for each element: the values that it stores and reduces. */
  public RowNode[] inLoop(int pass) {
    return loops[pass];
  }

  /** Whether only the first element of an operand is used. */
  public boolean isSingle(int operand) {
    for (RowNode node : nodes) {
      if (node.index() == operand && (node.kind() == Kind.LOAD || node.kind() == Kind.STORE)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Collects the nodes of a program, in the order of the calls. */
  public static final class Builder {
    private final String name;
    private final List<RowNode> nodes = new ArrayList<>();
    private int operands;
    private int parameters;

    public Builder(String name) {
      this.name = name;
    }

    private RowNode add(Kind kind, int index, float value, RowNode... inputs) {
      RowNode node = new RowNode(kind, nodes.size(), index, value, inputs);
      nodes.add(node);
      return node;
    }

    private RowNode operand(Kind kind, int operand, RowNode... inputs) {
      operands = Math.max(operands, operand + 1);
      return add(kind, operand, 0, inputs);
    }

    public RowNode load(int operand) {
      return operand(Kind.LOAD, operand);
    }

    public RowNode loadOne(int operand) {
      return operand(Kind.LOAD_ONE, operand);
    }

    public RowNode parameter(int index) {
      parameters = Math.max(parameters, index + 1);
      return add(Kind.PARAMETER, index, 0);
    }

    public RowNode count() {
      return add(Kind.COUNT, 0, 0);
    }

    public RowNode constant(float value) {
      return add(Kind.CONSTANT, 0, value);
    }

    /** A node of a kind that needs nothing but its inputs. */
    public RowNode node(Kind kind, RowNode... inputs) {
      if (inputs.length != kind.inputs() || inputs.length == 0 || kind.isStore()) {
        throw new IllegalArgumentException(kind + " has other inputs");
      }
      if (kind.isReduction() && inputs[0].isSingle()) {
        throw new IllegalArgumentException(kind + " of a single value");
      }
      return add(kind, 0, 0, inputs);
    }

    public RowNode add(RowNode a, RowNode b) {
      return node(Kind.ADD, a, b);
    }

    public RowNode subtract(RowNode a, RowNode b) {
      return node(Kind.SUBTRACT, a, b);
    }

    public RowNode multiply(RowNode a, RowNode b) {
      return node(Kind.MULTIPLY, a, b);
    }

    public RowNode divide(RowNode a, RowNode b) {
      return node(Kind.DIVIDE, a, b);
    }

    /** {@code 1 / (1 + e^-x)}. */
    public RowNode sigmoid(RowNode x) {
      RowNode one = constant(1);
      return divide(one, add(one, node(Kind.EXP, node(Kind.NEGATE, x))));
    }

    /** {@code 1 - 2 / (1 + e^(2x))}; near 0, the error is that of numbers near 1. */
    public RowNode tanh(RowNode x) {
      RowNode one = constant(1);
      RowNode e = node(Kind.EXP, add(x, x));
      return subtract(one, divide(constant(2), add(one, e)));
    }

    /** {@code log(1 + e^x)}; x above 20. */
    public RowNode softplus(RowNode x) {
      RowNode limit = constant(20);
      RowNode e = node(Kind.EXP, node(Kind.MIN, limit, x));
      return node(Kind.SELECT, x, limit, x, node(Kind.LOG, add(constant(1), e)));
    }

    public void store(int operand, RowNode value) {
      operand(Kind.STORE, operand, value);
    }

    public void storeOne(int operand, RowNode value) {
      if (!value.isSingle()) {
        throw new IllegalArgumentException("more than one value");
      }
      operand(Kind.STORE_ONE, operand, value);
    }

    public RowProgram build() {
      return new RowProgram(this);
    }
  }
}
