package dev.lamina.cpu.machine;

import dev.lamina.cpu.assembler.Vec;
import dev.lamina.engine.rows.RowNode;
import dev.lamina.engine.rows.RowNode.Kind;
import dev.lamina.engine.rows.RowProgram;
import java.util.ArrayList;
import java.util.List;

/**
 * The vector registers of a row program. A value's register is free again after its last use:
 * values of elements within the loop, single values after the last pass that needs them.
 */
final class RowRegisters {
  private static final int REGISTERS = 16;

  private final RowProgram program;
  private final boolean[] taken = new boolean[REGISTERS];

  /** The register of each node; null if it has none now. */
  private final Vec[] at;

  /** Uses of each node that are still to come. */
  private final int[] uses;

  RowRegisters(RowProgram program) {
    this.program = program;
    int n = program.nodes().size();
    at = new Vec[n];
    uses = new int[n];
    for (RowNode node : program.nodes()) {
      for (int i = 0; node.isSingle() && !node.kind().isReduction() && i < inputs(node); i++) {
        uses[node.input(i).number()]++;
      }
    }
    for (int pass = 0; pass < program.passes(); pass++) {
      for (RowNode single : singles(pass)) {
        uses[single.number()]++;
      }
    }
  }

  private static int inputs(RowNode node) {
    return node.kind().inputs();
  }

  /** The single values that a pass's loop reads. */
  private List<RowNode> singles(int pass) {
    List<RowNode> result = new ArrayList<>();
    for (RowNode node : program.inLoop(pass)) {
      for (int i = 0; i < inputs(node); i++) {
        RowNode input = node.input(i);
        if (input.isSingle() && input.kind() != Kind.CONSTANT && !result.contains(input)) {
          result.add(input);
        }
      }
    }
    return result;
  }

  /** Counts the uses of the values of elements, which the loop computes next. */
  void beginBody(RowNode[] nodes) {
    for (RowNode node : nodes) {
      for (int i = 0; i < inputs(node); i++) {
        if (!node.input(i).isSingle()) {
          uses[node.input(i).number()]++;
        }
      }
    }
  }

  void endLoop(int pass) {
    for (RowNode single : singles(pass)) {
      used(single);
    }
  }

  /** Notes that one use of a value is over. */
  void used(RowNode node) {
    if (--uses[node.number()] == 0) {
      release(at[node.number()]);
      at[node.number()] = null;
    }
  }

  /** Gives a node a register. */
  Vec take(RowNode node) {
    Vec register = temporary();
    put(node, register);
    return register;
  }

  /** Makes a register that is taken a node's. */
  void put(RowNode node, Vec register) {
    at[node.number()] = register;
  }

  Vec of(RowNode node) {
    return at[node.number()];
  }

  /**
   * A free register.
   *
   * @throws IllegalArgumentException if there is none
   */
  Vec temporary() {
    for (int i = 0; i < REGISTERS; i++) {
      if (!taken[i]) {
        taken[i] = true;
        return Vec.ymm(i);
      }
    }
    throw new IllegalArgumentException(program + " has too many values for the registers");
  }

  void release(Vec register) {
    taken[register.code()] = false;
  }
}
