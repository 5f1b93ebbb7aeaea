package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.AND;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.IMUL;
import static dev.lamina.cpu.assembler.GprOp.LEA;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.PREFETCHT0;
import static dev.lamina.cpu.assembler.GprOp.PREFETCHT1;
import static dev.lamina.cpu.assembler.GprOp.SHR;
import static dev.lamina.cpu.assembler.GprOp.SUB;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.TileOp.LDTILECFG;
import static dev.lamina.cpu.assembler.TileOp.TDPBSSD;
import static dev.lamina.cpu.assembler.TileOp.TILELOADD;
import static dev.lamina.cpu.assembler.TileOp.TILERELEASE;
import static dev.lamina.cpu.assembler.TileOp.TILESTORED;
import static dev.lamina.cpu.assembler.VecOp.VFMADD213PS;
import static dev.lamina.cpu.assembler.VecOp.VFMADD231PS;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Operand;
import dev.lamina.cpu.assembler.Tile;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.system.Platform;

/**
 * Emits the product of one or two strips of a repacked matrix with many tokens, 16 of them a tile:
 * {@code void f(weights, x, y, yAt, yStride, units of a strip + (tiles of tokens << 32) + (strips
 * << 48))}. Results are those of {@link DotKernel}, bit for bit.
 *
 * <p>A unit of weights is converted once for all tokens, to bytes and floats on the stack. A line
 * with four columns of 16 rows is a row of the second tile of a product; activations in the layout
 * of {@link Input} are the first tile. The sums of the tiles of tokens are on the stack too.
 *
 * <p>A product takes about 50 cycles until it can be stored, and a tile of which a store waits
 * holds up the next product. The code of a group therefore multiplies it, stores the product of an
 * earlier group, and adds one that is earlier still.
 *
 * <p>Products start from the bits of the float {@link UnitLines#MAGIC}. Since they are smaller than
 * its mantissa, a product's bits are those of the float {@code MAGIC + product}. It is multiplied
 * by the scale, less {@code MAGIC * scale} in the same instruction, which rounds once. A scale has
 * at most 19 bits and is below 2^103, so {@code MAGIC * scale} is exact too.
 */
final class TileKernel {
  /**
   * Largest number of tiles of tokens in a call, so that the garbage collector does not wait long.
   */
  static final int MOST = 16;

  /** Largest number of strips in a call: the second one finds the activations in a near cache. */
  static final int STRIPS = PackedProducts.ROWS / Packing.ROWS;

  /** Groups that are multiplied between a multiplication and its store, and its addition. */
  private static final int STORE = 2;

  private static final int ADDITION = STORE + 1;

  /** Number of tiles for products, more than {@link #ADDITION}. */
  private static final int PRODUCTS = 4;

  private static final Gpr WEIGHTS = Gpr.RDI;
  private static final Gpr X_UNIT = Gpr.RSI;
  private static final Gpr Y = Gpr.RDX;
  private static final Gpr Y_AT = Gpr.RCX;
  private static final Gpr Y_STRIDE = Gpr.R8;
  private static final Gpr TILES = Gpr.R9;
  private static final Gpr UNITS = Gpr.R10;
  private static final Gpr X_STRIDE = Gpr.R11;
  private static final Gpr COUNT = Gpr.R12;
  private static final Gpr X = Gpr.R13;
  private static final Gpr SUMS = Gpr.R14;
  private static final Gpr LINE = Gpr.R15;
  private static final Gpr CODES = Gpr.RBX;
  private static final Gpr STRIP = Gpr.RAX;

  /** Distance of the rows of a tile that are all the same line. */
  private static final Gpr NO_BYTES = Gpr.RCX;

  private static final Gpr STACK = Gpr.RBP;

  private static final int TILE_BYTES = Input.TILE * Packing.LINE;

  /** Offsets on the stack, after the weights of the strips. */
  private static final int PRODUCTS_AT = STRIPS * UnitLines.MOST_BYTES;

  private static final int SUMS_AT = PRODUCTS_AT + PRODUCTS * TILE_BYTES;
  private static final int N_STRIPS_AT = SUMS_AT + STRIPS * MOST * TILE_BYTES;
  private static final int WEIGHTS_STRIDE_AT = N_STRIPS_AT + Long.BYTES;
  private static final int WEIGHTS_AT = WEIGHTS_STRIDE_AT + Long.BYTES;
  private static final int MAGIC_AT = N_STRIPS_AT + Packing.LINE;
  private static final int STACK_BYTES = MAGIC_AT + Packing.LINE;

  private final Assembler a = new Assembler();
  private final Packing packing;
  private final int unit;
  private final Input input = Tier.AMX.input();
  private final Registers r = new Registers(Tier.AMX, Input.TILE / 2);
  private final UnitLines weights;
  private final int groups;
  private final Operand magic;
  private final Label shapes = new Label("shapes");

  /**
   * @param unit columns of a unit
   */
  TileKernel(Packing packing, int unit) {
    this.packing = packing;
    this.unit = unit;
    this.groups = unit / packing.group();
    CodeLines codes = new CodeLines(a, Tier.AMX, packing, r);
    this.weights = new UnitLines(a, Tier.AMX, packing, unit, r, codes);
    this.magic = r.constant(UnitLines.MAGIC);
  }

  Assembler emit(Platform platform) {
    Frame.enter(a, platform);
    a.op(ADD, Y, Y_AT);
    stack();
    a.op(MOV, X_STRIDE, UNITS);
    for (int bytes = 1; bytes < input.bytes(unit); bytes *= 2) {
      a.op(ADD, X_STRIDE, X_STRIDE);
    }
    a.op(LDTILECFG, mem(shapes));
    a.set(LINE, Packing.LINE);
    r.load(a);
    a.op(VMOVUPS, sum(0), magic);
    a.op(VMOVUPS, mem(Gpr.RSP).disp(MAGIC_AT), sum(0));
    clear();
    Label begin = new Label("unit");
    a.bind(begin);
    unpack();
    multiply();
    a.op(ADD, X_UNIT, input.bytes(unit));
    a.op(DEC, UNITS);
    a.jump(Condition.NE, begin);
    store();
    a.op(TILERELEASE);
    a.op(MOV, Gpr.RSP, STACK);
    Frame.leave(a, platform);
    r.put(a);
    a.bind(shapes);
    a.data(shapes());
    return a;
  }

  /** Takes memory from the stack, page by page as Windows requires, and the numbers of the call. */
  private void stack() {
    a.op(MOV, STACK, Gpr.RSP);
    for (int at = 4096; at < STACK_BYTES; at += 4096) {
      a.op(MOV, COUNT, mem(Gpr.RSP).disp(-at));
    }
    a.op(SUB, Gpr.RSP, STACK_BYTES);
    a.op(AND, Gpr.RSP, -Packing.LINE);
    a.op(MOV, UNITS.dword(), TILES.dword());
    a.op(SHR, TILES, 32);
    a.op(MOV, STRIP, TILES);
    a.op(SHR, STRIP, 16);
    a.op(MOV, mem(Gpr.RSP).disp(N_STRIPS_AT), STRIP);
    a.op(AND, TILES, 0xffff);
    a.set(COUNT, packing.unitBytes(unit));
    a.op(IMUL, COUNT, UNITS);
    a.op(MOV, mem(Gpr.RSP).disp(WEIGHTS_STRIDE_AT), COUNT);
  }

  /** Shapes of the tiles: four for products, two each for activations and weights. */
  private byte[] shapes() {
    byte[] bytes = new byte[64];
    bytes[0] = 1;
    for (int i = 0; i < PRODUCTS + 4; i++) {
      bytes[16 + 2 * i] = (byte) (i - PRODUCTS >> 1 == 0 ? packing.group() : Packing.LINE);
      bytes[48 + i] = (byte) (i - PRODUCTS >> 1 == 1 ? packing.group() / 4 : Input.TILE);
    }
    return bytes;
  }

  /** All 16 results of a token are in a register. */
  private static Vec sum(int token) {
    return Vec.zmm(token);
  }

  /** Begins of the loops over tiles of tokens and, within, over strips. */
  private record Loops(Label tile, Label strip) {}

  private Loops begin() {
    Loops loops = new Loops(new Label("tile"), new Label("strip"));
    a.op(LEA, SUMS, mem(Gpr.RSP).disp(SUMS_AT));
    a.op(MOV, COUNT, TILES);
    a.bind(loops.tile);
    a.op(MOV, STRIP, mem(Gpr.RSP).disp(N_STRIPS_AT));
    a.op(MOV, CODES, Gpr.RSP);
    a.bind(loops.strip);
    return loops;
  }

  private void nextStrip(Loops loops) {
    a.op(ADD, SUMS, TILE_BYTES);
    a.op(ADD, CODES, UnitLines.MOST_BYTES);
    a.op(DEC, STRIP);
    a.jump(Condition.NE, loops.strip);
  }

  private void nextTile(Loops loops) {
    a.op(DEC, COUNT);
    a.jump(Condition.NE, loops.tile);
  }

  /** Clears the sums, and asks for the memory of the results, which often is in no cache. */
  private void clear() {
    Gpr results = NO_BYTES;
    a.op(MOV, results, Y);
    a.op(VPXORD, sum(0), sum(0), sum(0));
    Loops loops = begin();
    for (int t = 0; t < Input.TILE; t++) {
      a.op(VMOVUPS, savedSum(t), sum(0));
    }
    nextStrip(loops);
    for (int t = 0; t < Input.TILE; t++) {
      a.op(PREFETCHT1, mem(results));
      a.op(PREFETCHT1, mem(results).disp(STRIPS * Packing.LINE - 1));
      a.op(ADD, results, Y_STRIDE);
    }
    nextTile(loops);
  }

  private void store() {
    Gpr strip = X;
    Gpr token = NO_BYTES;
    a.op(MOV, strip, Y);
    Loops loops = begin();
    a.op(MOV, token, strip);
    for (int t = 0; t < Input.TILE; t++) {
      a.op(VMOVUPS, sum(0), savedSum(t));
      a.op(VMOVUPS, mem(token), sum(0));
      a.op(ADD, token, Y_STRIDE);
    }
    a.op(ADD, strip, Float.BYTES * Packing.ROWS);
    nextStrip(loops);
    for (int t = 0; t < Input.TILE; t++) {
      a.op(ADD, Y, Y_STRIDE);
    }
    a.op(MOV, strip, Y);
    nextTile(loops);
  }

  private static Mem savedSum(int token) {
    return mem(SUMS).disp(token * Packing.LINE);
  }

  /** Writes the codes and scales of a unit of all strips to the stack. */
  private void unpack() {
    Gpr strip = SUMS;
    Gpr left = X;
    Label begin = new Label("strip");
    a.op(MOV, mem(Gpr.RSP).disp(WEIGHTS_AT), WEIGHTS);
    a.op(MOV, left, mem(Gpr.RSP).disp(N_STRIPS_AT));
    a.op(MOV, strip, Gpr.RSP);
    a.bind(begin);
    weights.unpack(WEIGHTS, strip, COUNT);
    a.op(SUB, WEIGHTS, packing.unitBytes(unit));
    a.op(ADD, WEIGHTS, mem(Gpr.RSP).disp(WEIGHTS_STRIDE_AT));
    a.op(ADD, strip, UnitLines.MOST_BYTES);
    a.op(DEC, left);
    a.jump(Condition.NE, begin);
    a.op(MOV, WEIGHTS, mem(Gpr.RSP).disp(WEIGHTS_AT));
    a.op(ADD, WEIGHTS, packing.unitBytes(unit));
  }

  /** Adds the products of a unit with all tokens. */
  private void multiply() {
    a.op(MOV, X, X_UNIT);
    a.set(NO_BYTES, 0);
    Loops loops = begin();
    for (int t = 0; t < Input.TILE; t++) {
      a.op(VMOVUPS, sum(t), savedSum(t));
    }
    for (int g = 0; g < groups + ADDITION; g++) {
      if (g < groups) {
        multiply(g);
        if (g < 2) {
          for (int t = 0; t < Input.TILE; t++) {
            Mem next = mem(X).index(X_STRIDE, 1).disp(block(g) + input.four(0, t));
            a.op(PREFETCHT0, next);
          }
        }
      }
      if (g >= STORE && g - STORE < groups) {
        a.op(TILESTORED, product(g - STORE).index(LINE, 1), productTile(g - STORE));
      }
      if (g >= ADDITION) {
        add(g - ADDITION);
      }
    }
    for (int t = 0; t < Input.TILE; t++) {
      a.op(VMOVUPS, savedSum(t), sum(t));
    }
    nextStrip(loops);
    a.op(ADD, X, X_STRIDE);
    nextTile(loops);
  }

  private int block(int g) {
    return g * packing.group() / Input.COLUMNS * input.bytes();
  }

  private static Tile productTile(int g) {
    return new Tile(g % PRODUCTS);
  }

  private static Mem product(int g) {
    return mem(Gpr.RSP).disp(PRODUCTS_AT + g % PRODUCTS * TILE_BYTES);
  }

  /** Computes the integer sums of a group. */
  private void multiply(int g) {
    Tile x = new Tile(PRODUCTS + (g & 1));
    Tile codes = new Tile(PRODUCTS + 2 + (g & 1));
    int four = g * packing.group() / 4;
    a.op(TILELOADD, productTile(g), mem(Gpr.RSP).index(NO_BYTES, 1).disp(MAGIC_AT));
    a.op(TILELOADD, x, mem(X).index(LINE, 1).disp(block(g) + input.four(four, 0)));
    a.op(TILELOADD, codes, mem(CODES).index(LINE, 1).disp(four * Packing.LINE));
    a.op(TDPBSSD, productTile(g), x, codes);
  }

  private void add(int g) {
    int column = g * packing.group();
    weights.scale(mem(CODES).disp(weights.scalesAt()), g);
    Mem block = mem(X).disp(block(g));
    for (int t = 0; t < Input.TILE; t++) {
      a.op(VMOVUPS, r.x, product(g).disp(t * Packing.LINE));
      a.op(VFMADD213PS, r.x, r.scale, r.line);
      a.op(VFMADD231PS, sum(t), r.x, block.disp(input.unit(t)).broadcast());
      if (packing.hasMins()) {
        int total = input.total(column, packing.group(), t);
        a.op(VFMADD231PS, sum(t), r.min, block.disp(total).broadcast());
      }
    }
  }
}
