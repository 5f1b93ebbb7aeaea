package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Vec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The vector registers of a kernel by purpose. Constants use the remaining registers; further
 * constants are in memory after the code.
 */
final class Registers implements ExpLines.Constants {
  /** Indices, then codes, of four columns. */
  final Vec codes;

  /** Activations, or a temporary value. */
  final Vec x;

  /** A line of (low) bits; between groups a line of scales. */
  final Vec line;

  /** A line of high bits, which several groups may share. */
  final Vec high;

  /** Scale of a group; within a group, a temporary value. */
  final Vec scale;

  /** Min of a group. */
  final Vec min;

  /** Factor of a unit's scales and mins. */
  final Vec d;

  final Vec dMin;

  /** Result of the table look-up of a line. Types that need this have no mins. */
  final Vec first;

  final Vec second;

  private final Tier tier;
  private final int tokens;
  private final List<Constant> constants = new ArrayList<>();
  private int nextRegister;

  /**
   * A constant: bytes that are repeated in a vector.
   *
   * @param register null if the constant is in memory
   */
  private record Constant(byte[] bytes, Label label, Vec register) {}

  Registers(Tier tier, int tokens) {
    this.tier = tier;
    this.tokens = tokens;
    int first = 2 * tokens;
    codes = vec(first);
    x = vec(first + 1);
    line = vec(first + 2);
    high = vec(first + 3);
    scale = vec(first + 4);
    min = vec(first + 5);
    d = vec(first + 6);
    dMin = vec(first + 7);
    this.first = min;
    second = dMin;
    nextRegister = first + 8;
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
    return vec(tokens + token);
  }

  /** A constant of 16 bytes, repeated. */
  Operand constant(byte[] sixteen) {
    boolean free = nextRegister < (tier.bits == 512 ? 32 : 16);
    Constant constant = find(sixteen);
    if (constant == null) {
      constant = add(sixteen, free ? vec(nextRegister++) : null);
    }
    return constant.register != null ? constant.register : Mem.mem(constant.label);
  }

  /** A vector in memory, for a table. */
  Mem data(byte[] bytes) {
    Constant constant = find(bytes);
    return Mem.mem((constant == null ? add(bytes, null) : constant).label);
  }

  /** The same byte everywhere, in memory. */
  Mem data(int each) {
    byte[] bytes = new byte[16];
    Arrays.fill(bytes, (byte) each);
    return data(bytes);
  }

  private Constant find(byte[] bytes) {
    for (Constant constant : constants) {
      if (Arrays.equals(constant.bytes, bytes)) {
        return constant;
      }
    }
    return null;
  }

  private Constant add(byte[] bytes, Vec register) {
    Constant constant = new Constant(bytes, new Label("constant" + constants.size()), register);
    constants.add(constant);
    return constant;
  }

  /** A constant of 32 bits, repeated. */
  @Override
  public Operand constant(int value) {
    byte[] sixteen = new byte[16];
    for (int i = 0; i < 16; i++) {
      sixteen[i] = (byte) (value >> 8 * (i & 3));
    }
    return constant(sixteen);
  }

  @Override
  public Operand constant(float value) {
    return constant(Float.floatToRawIntBits(value));
  }

  /** Emits the loads of constants into registers. Call it when all of them are known. */
  void load(Assembler a) {
    for (Constant constant : constants) {
      if (constant.register != null) {
        a.op(VMOVUPS, constant.register, Mem.mem(constant.label));
      }
    }
  }

  /** Writes the constants in memory, after the code. */
  void put(Assembler a) {
    a.align(64);
    for (Constant constant : constants) {
      a.bind(constant.label);
      for (int i = 0; i < tier.bits / 8; i += constant.bytes.length) {
        a.data(constant.bytes);
      }
    }
  }
}
