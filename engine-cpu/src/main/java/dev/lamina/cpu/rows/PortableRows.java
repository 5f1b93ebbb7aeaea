package dev.lamina.cpu.rows;

import dev.lamina.engine.rows.RowNode;
import dev.lamina.engine.rows.RowProgram;
import java.util.Arrays;

/**
 * Runs a program without machine code: a node at a time on pieces of the elements that stay in the
 * first-level cache, in loops so short that the compiler makes vector code of each.
 */
public final class PortableRows extends BoundRows {
  private static final int PIECE = 256;

  private final float[][][] pieces;

  /**
   * @param pieces for each worker, an array for each node of the largest program
   */
  private PortableRows(float[][][] pieces, RowProgram program, int repeats, float[] parameters) {
    super(program, repeats, parameters);
    this.pieces = pieces;
  }

  /** Programs for processors without machine code. */
  public static final class Kernels implements RowKernels {
    private final float[][][] pieces;

    public Kernels(int workers) {
      pieces = new float[workers][][];
      for (int i = 0; i < workers; i++) {
        pieces[i] = new float[0][];
      }
    }

    @Override
    public BoundRows bind(RowProgram program, int repeats, float... parameters) {
      int nodes = program.nodes().size();
      for (int i = 0; i < pieces.length; i++) {
        if (pieces[i].length < nodes) {
          pieces[i] = new float[nodes][PIECE];
        }
      }
      return new PortableRows(pieces, program, repeats, parameters);
    }
  }

  @Override
  protected void placed(int operand) {}

  @Override
  protected void compute(
      WorkingMemory memory, int firstRow, int rows, int from, int n, int worker) {
    float[][] own = pieces[worker];
    for (int row = firstRow; row < firstRow + rows; row++) {
      for (int repeat = 0; repeat < repeats(); repeat++) {
        for (int pass = 0; pass <= program().passes(); pass++) {
          for (RowNode node : program().before(pass)) {
            single(node, memory.floats(), row, repeat, n, own);
          }
          if (pass < program().passes()) {
            loop(program().inLoop(pass), memory.floats(), row, repeat, from, n, own);
          }
        }
      }
    }
  }

  /** Index of the first element of a node's operand. */
  private int first(RowNode node, int row, int repeat) {
    int operand = node.index();
    return at(operand) + row * rowStride(operand) + repeat * repeatStride(operand);
  }

  private void single(RowNode node, float[] memory, int row, int repeat, int n, float[][] pieces) {
    float[] to = pieces[node.number()];
    switch (node.kind()) {
      case LOAD_ONE -> to[0] = memory[first(node, row, repeat)];
      case PARAMETER -> to[0] = parameter(node.index());
      case COUNT -> to[0] = n;
      case CONSTANT -> to[0] = node.value();
      case STORE_ONE -> memory[first(node, row, repeat)] = pieces[node.input(0).number()][0];
      default -> PortableNodes.compute(node, pieces, 1);
    }
    Arrays.fill(to, to[0]);
  }

  private void loop(
      RowNode[] nodes, float[] memory, int row, int repeat, int from, int n, float[][] pieces) {
    for (RowNode node : nodes) {
      if (node.kind().isReduction()) {
        PortableNodes.clear(node, pieces[node.number()]);
      }
    }
    for (int i = 0; i < n; i += PIECE) {
      int length = Math.min(PIECE, n - i);
      for (RowNode node : nodes) {
        float[] piece = pieces[node.number()];
        switch (node.kind()) {
          case LOAD ->
              System.arraycopy(memory, first(node, row, repeat) + from + i, piece, 0, length);
          case STORE -> {
            float[] value = pieces[node.input(0).number()];
            System.arraycopy(value, 0, memory, first(node, row, repeat) + from + i, length);
          }
          case SUM, LARGEST ->
              PortableNodes.accumulate(node, pieces[node.input(0).number()], length, piece);
          default -> PortableNodes.compute(node, pieces, length);
        }
      }
    }
    for (RowNode node : nodes) {
      if (node.kind().isReduction()) {
        PortableNodes.reduce(node, pieces[node.number()]);
      }
    }
  }
}
