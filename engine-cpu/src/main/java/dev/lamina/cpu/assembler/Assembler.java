package dev.lamina.cpu.assembler;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Writes x86-64 machine code. Operands come in Intel's order, the destination first. Vector
 * instructions are encoded with VEX (AVX2) if possible, otherwise with EVEX (AVX-512). An
 * instruction without an encoding throws {@link IllegalArgumentException}.
 */
public final class Assembler {
  private final CodeBuffer code = new CodeBuffer();
  private final GprInstruction gpr = new GprInstruction(code);
  private final List<Line> lines = new ArrayList<>();
  private final boolean listed;

  /** An assembler that keeps no listing, which would take longer than the code. */
  public Assembler() {
    this(false);
  }

  /**
   * @param listed whether there will be a {@link #listing}
   */
  public Assembler(boolean listed) {
    this.listed = listed;
  }

  /**
   * A line of the listing.
   *
   * @param end offset after the instruction; equal to start for a label
   * @param text computed on demand
   */
  record Line(int start, int end, Supplier<String> text) {}

  /** Moves and conversions. */
  public void op(VecOp op, Operand to, Operand from) {
    put(new VecInstruction(op, null, null, to, from));
  }

  /** The same with a number: shifts, shuffles, vectors taken out of longer ones. */
  public void op(VecOp op, Operand to, Operand from, int number) {
    put(new VecInstruction(op, number, null, to, from));
  }

  /** to = a op b; of multiply-add, {@code to} is read as well. */
  public void op(VecOp op, Operand.Register to, Vec a, Operand b) {
    put(new VecInstruction(op, null, null, to, a, b));
  }

  /** Stores the lanes of a mask. */
  public void op(VecOp op, Mem to, Vec mask, Vec from) {
    put(new VecInstruction(op, null, null, to, mask, from));
  }

  public void op(VecOp op, Vec to, Vec a, Operand b, int number) {
    put(new VecInstruction(op, number, null, to, a, b));
  }

  /** to = a, but b in the lanes of the mask. */
  public void op(VecOp op, Vec to, Mask mask, Vec a, Operand b) {
    put(new VecInstruction(op, null, mask, to, a, b));
  }

  private void put(VecInstruction instruction) {
    int start = code.size();
    instruction.encode(code);
    if (listed) {
      note(start, instruction::text);
    }
  }

  /** Releases the tiles. */
  public void op(TileOp op) {
    require(op, op.form == TileOp.Form.PLAIN);
    tiles(op, 0, 0, new Tile(0), op.mnemonic());
  }

  /** Sets the shapes of the tiles from memory. */
  public void op(TileOp op, Mem shapes) {
    require(op, op.form == TileOp.Form.CONFIGURE && !shapes.repeated());
    tiles(op, 0, 0, shapes, op.mnemonic() + " " + shapes);
  }

  public void op(TileOp op, Tile tile) {
    require(op, op.form == TileOp.Form.ZERO);
    tiles(op, tile.code(), 0, new Tile(0), op.mnemonic() + " " + tile);
  }

  /** Loads a tile. The index register holds the distance of its rows in bytes. */
  public void op(TileOp op, Tile to, Mem from) {
    require(op, op.form == TileOp.Form.LOAD && from.index() != null && !from.repeated());
    tiles(op, to.code(), 0, from, op.mnemonic() + " " + to + "," + from);
  }

  /** Stores a tile. */
  public void op(TileOp op, Mem to, Tile from) {
    require(op, op.form == TileOp.Form.STORE && to.index() != null && !to.repeated());
    tiles(op, from.code(), 0, to, op.mnemonic() + " " + to + "," + from);
  }

  /** Multiplies two tiles; the three registers must differ. */
  public void op(TileOp op, Tile to, Tile a, Tile b) {
    require(op, op.form == TileOp.Form.PRODUCT && !to.equals(a) && !to.equals(b) && !a.equals(b));
    tiles(op, to.code(), b.code(), a, op.mnemonic() + " " + to + "," + a + "," + b);
  }

  private static void require(TileOp op, boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException(op + " has no such form");
    }
  }

  private void tiles(TileOp op, int reg, int vvvv, Operand rm, String text) {
    int start = code.size();
    op.encode(code, reg, vvvv, rm);
    if (listed) {
      note(start, () -> text);
    }
  }

  public void op(GprOp op) {
    int start = code.size();
    gpr.plain(op);
    if (listed) {
      note(start, op::mnemonic);
    }
  }

  /** Emits an instruction on one register. */
  public void op(GprOp op, Gpr register) {
    int start = code.size();
    gpr.unary(op, register);
    if (listed) {
      note(start, () -> text(op, register, 0));
    }
  }

  /** Emits an instruction on memory. */
  public void op(GprOp op, Mem memory) {
    int start = code.size();
    gpr.memory(op, memory);
    if (listed) {
      note(start, () -> text(op, memory, 1));
    }
  }

  /** register, register | memory. */
  public void op(GprOp op, Gpr to, Operand from) {
    int start = code.size();
    gpr.read(op, to, from);
    int bytes = op.form == GprOp.Form.ADDRESS ? 0 : to.bits() / 8;
    if (listed) {
      note(start, () -> text(op, to, 0) + "," + text(from, bytes));
    }
  }

  /** memory, register. */
  public void op(GprOp op, Mem to, Gpr from) {
    int start = code.size();
    gpr.store(op, to, from);
    if (listed) {
      note(start, () -> text(op, to, from.bits() / 8) + "," + from);
    }
  }

  /** register, number. */
  public void op(GprOp op, Gpr to, int number) {
    int start = code.size();
    gpr.number(op, to, number);
    if (listed) {
      note(start, () -> text(op, to, 0) + "," + hex(number, to.bits()));
    }
  }

  /** to = number, which may have 64 bits. */
  public void set(Gpr to, long number) {
    int start = code.size();
    gpr.set(to, number);
    boolean unsigned = number == (number & 0xFFFFFFFFL);
    String name = unsigned || number == (int) number ? "mov " : "movabs ";
    Gpr written = unsigned ? to.dword() : to; // the shorter instruction does the same
    if (listed) {
      note(start, () -> name + written + "," + hex(number, to.bits()));
    }
  }

  private static String text(GprOp op, Operand first, int bytes) {
    return op.mnemonic() + " " + text(first, bytes);
  }

  private static String text(Operand operand, int bytes) {
    return operand instanceof Mem m ? m.text(bytes) : operand.toString();
  }

  private static String hex(long number, int bits) {
    return "0x" + Long.toHexString(bits == 64 ? number : number & 0xFFFFFFFFL);
  }

  public void jump(Label to) {
    jump("jmp ", to, 0xEB, 0xE9);
  }

  public void jump(Condition when, Label to) {
    String name = "j" + when.name().toLowerCase(Locale.ROOT) + " ";
    jump(name, to, 0x70 | when.code, 0x0F80 | when.code);
  }

  /** Emits a jump: two bytes to a label shortly before, otherwise with four bytes of distance. */
  private void jump(String name, Label to, int near, int far) {
    int start = code.size();
    int distance = to.position() - (start + 2);
    if (to.position() >= 0 && distance >= -128) {
      code.put8(near);
      code.put8(distance);
    } else {
      code.putOpcode(far);
      code.putDistance(to, 0);
    }
    if (listed) {
      note(start, () -> name + to);
    }
  }

  /** Puts the label at the current place. */
  public void bind(Label label) {
    label.bind(code.size());
    if (listed) {
      note(code.size(), () -> label + ":");
    }
  }

  /** Emits instructions that do nothing, up to a multiple of this number of bytes. */
  public void align(int bytes) {
    while (code.size() % bytes != 0) {
      op(GprOp.NOP);
    }
  }

  /** Emits data that instructions read. */
  public void data(byte... bytes) {
    int start = code.size();
    for (byte b : bytes) {
      code.put8(b);
    }
    if (listed) {
      note(start, () -> ".byte");
    }
  }

  private void note(int start, Supplier<String> text) {
    lines.add(new Line(start, code.size(), text));
  }

  /**
   * The code, which runs at any address.
   *
   * @throws IllegalStateException if the code uses a label that is not bound
   */
  public byte[] toByteArray() {
    return code.toByteArray();
  }

  List<Line> lines() {
    return lines;
  }

  /** A listing for people: offsets, bytes and instructions in Intel's syntax. */
  public String listing() {
    byte[] bytes = toByteArray();
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, line.start, line.end);
      text.append(
          line.start == line.end
              ? line.text.get() + "\n"
              : "%6x:  %-30s  %s\n".formatted(line.start, hex, line.text.get()));
    }
    return text.toString();
  }
}
