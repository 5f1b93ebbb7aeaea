package dev.lamina.cpu.machine;

import static dev.lamina.cpu.machine.VecOp.VMOVUPS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The vector registers of a kernel and what they are for. Constants are in registers where there
 * are 32, else in memory behind the code.
 */
final class Registers {
  private static final int FIRST_CONSTANT = 25;

  /** Indices, then codes, of four columns. */
  final Vec codes;

  /** Activations, or a value in between. */
  final Vec x;

  /** A line of (low) bits; between groups a line of scales. */
  final Vec line;

  /** A line of high bits, which may serve several groups. */
  final Vec high;

  /** Of a group; within a group another value in between. */
  final Vec scale;

  /** Of a group. */
  final Vec min;

  /** What a unit's scales and minima are multiplied by. */
  final Vec d;

  final Vec dMin;

  private final Tier tier;
  private final List<Constant> constants = new ArrayList<>();

  private record Constant(byte[] bytes, Label label) {}

  Registers(Tier tier) {
    this.tier = tier;
    int first = 2 * tier.tokens;
    codes = vec(first);
    x = vec(first + 1);
    line = vec(first + 2);
    high = vec(first + 3);
    scale = vec(first + 4);
    min = vec(first + 5);
    d = vec(first + 6);
    dMin = vec(first + 7);
  }

  private Vec vec(int code) {
    return new Vec(code, tier.bits);
  }

  /** A token's sum of a group. */
  Vec sum(int token) {
    return vec(token);
  }

  /** A token's result. */
  Vec result(int token) {
    return vec(tier.tokens + token);
  }

  private boolean inRegisters() {
    return tier.bits == 512;
  }

  /** A constant of 16 bytes, repeated. */
  Operand constant(byte[] sixteen) {
    int i = 0;
    while (i < constants.size() && !Arrays.equals(constants.get(i).bytes, sixteen)) {
      i++;
    }
    if (i == constants.size()) {
      constants.add(new Constant(sixteen, new Label("constant" + i)));
    }
    return inRegisters() ? vec(FIRST_CONSTANT + i) : Mem.mem(constants.get(i).label);
  }

  /** A constant of 32 bits, repeated. */
  Operand constant(int value) {
    byte[] sixteen = new byte[16];
    for (int i = 0; i < 16; i++) {
      sixteen[i] = (byte) (value >> 8 * (i & 3));
    }
    return constant(sixteen);
  }

  Operand constant(float value) {
    return constant(Float.floatToRawIntBits(value));
  }

  /** To be called when all constants are known. */
  void load(Assembler a) {
    for (int i = 0; inRegisters() && i < constants.size(); i++) {
      a.op(VMOVUPS, vec(FIRST_CONSTANT + i), Mem.mem(constants.get(i).label));
    }
  }

  /** Writes the constants, behind the code. */
  void put(Assembler a) {
    a.align(64);
    for (Constant constant : constants) {
      a.bind(constant.label);
      for (int i = 0; i < tier.bits / 128; i++) {
        a.data(constant.bytes);
      }
    }
  }
}
