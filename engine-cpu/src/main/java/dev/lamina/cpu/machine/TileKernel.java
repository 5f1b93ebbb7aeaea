package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.AND;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.LEA;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.PREFETCHT0;
import static dev.lamina.cpu.assembler.GprOp.SHR;
import static dev.lamina.cpu.assembler.GprOp.SUB;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.TileOp.LDTILECFG;
import static dev.lamina.cpu.assembler.TileOp.TDPBSSD;
import static dev.lamina.cpu.assembler.TileOp.TILELOADD;
import static dev.lamina.cpu.assembler.TileOp.TILERELEASE;
import static dev.lamina.cpu.assembler.TileOp.TILESTORED;
import static dev.lamina.cpu.assembler.TileOp.TILEZERO;
import static dev.lamina.cpu.assembler.VecOp.VCVTDQ2PS;
import static dev.lamina.cpu.assembler.VecOp.VFMADD231PS;
import static dev.lamina.cpu.assembler.VecOp.VMOVDQU32;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Tile;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.system.Platform;

/**
 * Emits the product of one strip of a repacked matrix with many tokens, 16 of them a tile: {@code
 * void f(weights, x, y, yAt, yStride, units of the strip + (tiles of tokens << 32))}. Results are
 * those of {@link DotKernel}, bit for bit.
 *
 * <p>A unit of weights is converted once for all tokens, to bytes and floats on the stack. A line
 * with four columns of 16 rows is a row of the second tile of a product; activations in the layout
 * of {@link Input} are the first tile. The sums of the tiles of tokens are on the stack too.
 */
final class TileKernel {
  /**
   * Largest number of tiles of tokens in a call, so that the garbage collector does not wait long.
   */
  static final int MOST = 16;

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
  private static final Gpr SCALES = Gpr.RAX;
  private static final Gpr TO = Gpr.RBX;
  private static final Gpr SCALES_TO = Gpr.RCX;
  private static final Gpr STACK = Gpr.RBP;

  private static final int TILE_BYTES = Input.TILE * Packing.LINE;

  /** Offsets on the stack: codes, scales with minima, products, sums. */
  private static final int SCALES_AT = Packing.UNIT / 4 * Packing.LINE;

  private static final int PRODUCTS_AT = SCALES_AT + Packing.UNIT / 16 * 2 * Packing.LINE;
  private static final int SUMS_AT = PRODUCTS_AT + 2 * TILE_BYTES;
  private static final int STACK_BYTES = SUMS_AT + MOST * TILE_BYTES;

  private final Assembler a = new Assembler();
  private final Packing packing;
  private final int unit;
  private final Input input = Tier.AMX.input();
  private final Registers r = new Registers(Tier.AMX, Input.TILE / 2);
  private final CodeLines codes;
  private final ScaleLines scales;
  private final int groups;
  private final Label shapes = new Label("shapes");

  /**
   * @param unit columns of a unit
   */
  TileKernel(Packing packing, int unit) {
    this.packing = packing;
    this.unit = unit;
    this.groups = unit / packing.group();
    this.codes = new CodeLines(a, Tier.AMX, packing, r);
    this.scales = new ScaleLines(a, packing, unit, r);
  }

  Assembler emit(Platform platform) {
    Frame.enter(a, platform);
    a.op(ADD, Y, Y_AT);
    a.op(MOV, UNITS.dword(), TILES.dword());
    a.op(SHR, TILES, 32);
    a.op(MOV, X_STRIDE, UNITS);
    for (int bytes = 1; bytes < input.bytes(unit); bytes *= 2) {
      a.op(ADD, X_STRIDE, X_STRIDE);
    }
    a.op(MOV, STACK, Gpr.RSP);
    a.op(SUB, Gpr.RSP, STACK_BYTES);
    a.op(AND, Gpr.RSP, -Packing.LINE);
    a.op(LDTILECFG, mem(shapes));
    a.set(LINE, Packing.LINE);
    r.load(a);
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

  /** Shapes of the tiles: two each for products, activations and weights. */
  private byte[] shapes() {
    byte[] bytes = new byte[64];
    bytes[0] = 1;
    for (int i = 0; i < 6; i++) {
      bytes[16 + 2 * i] = (byte) (i / 2 == 1 ? packing.group() : Packing.LINE);
      bytes[48 + i] = (byte) (i / 2 == 2 ? packing.group() / 4 : Input.TILE);
    }
    return bytes;
  }

  /** All 16 results of a token are in a register. */
  private static Vec sum(int token) {
    return Vec.zmm(token);
  }

  private void tiles(Label begin) {
    a.op(LEA, SUMS, mem(Gpr.RSP).disp(SUMS_AT));
    a.op(MOV, COUNT, TILES);
    a.bind(begin);
  }

  private void next(Label begin) {
    a.op(ADD, SUMS, TILE_BYTES);
    a.op(DEC, COUNT);
    a.jump(Condition.NE, begin);
  }

  private void clear() {
    Label begin = new Label("clear");
    tiles(begin);
    a.op(VPXORD, sum(0), sum(0), sum(0));
    for (int t = 0; t < Input.TILE; t++) {
      a.op(VMOVUPS, mem(SUMS).disp(t * Packing.LINE), sum(0));
    }
    next(begin);
  }

  private void store() {
    Label begin = new Label("store");
    tiles(begin);
    for (int t = 0; t < Input.TILE; t++) {
      a.op(VMOVUPS, sum(0), mem(SUMS).disp(t * Packing.LINE));
      a.op(VMOVUPS, mem(Y), sum(0));
      a.op(ADD, Y, Y_STRIDE);
    }
    next(begin);
  }

  /** Writes the codes and scales of a unit to the stack. */
  private void unpack() {
    int atOnce = scales.groupsOfTurn();
    int turns = groups / atOnce;
    int columns = atOnce * packing.group();
    a.op(MOV, SCALES, WEIGHTS);
    a.op(ADD, WEIGHTS, packing.scaleBytes(unit));
    a.op(MOV, TO, Gpr.RSP);
    a.op(LEA, SCALES_TO, mem(Gpr.RSP).disp(SCALES_AT));
    scales.unit(SCALES);
    a.set(COUNT, turns);
    Label turn = new Label("turn");
    a.bind(turn);
    for (int i = 0; i < packing.unitBytes(unit) / turns; i += Packing.LINE) {
      a.op(PREFETCHT0, mem(WEIGHTS).disp(DotKernel.AHEAD + i));
    }
    for (int four = 0; four < columns / 4; four++) {
      codes.four(WEIGHTS, four, r.codes);
      a.op(VMOVDQU32, mem(TO).disp(four * Packing.LINE), r.codes);
    }
    for (int g = 0; g < atOnce; g++) {
      scales.group(SCALES, g);
      a.op(VMOVUPS, scale(SCALES_TO, g), r.scale);
      if (packing.hasMins()) {
        a.op(VMOVUPS, scale(SCALES_TO, g).disp(Packing.LINE), r.min);
      }
    }
    a.op(ADD, WEIGHTS, CodeLines.bytes(packing, columns));
    a.op(ADD, TO, columns / 4 * Packing.LINE);
    a.op(ADD, SCALES_TO, atOnce * 2 * Packing.LINE);
    a.op(ADD, SCALES, Packing.LINE);
    a.op(DEC, COUNT);
    a.jump(Condition.NE, turn);
  }

  private static Mem scale(Gpr base, int g) {
    return mem(base).disp(g * 2 * Packing.LINE);
  }

  /** Adds the products of a unit with all tokens. */
  private void multiply() {
    Label begin = new Label("tile");
    a.op(MOV, X, X_UNIT);
    tiles(begin);
    for (int t = 0; t < Input.TILE; t++) {
      a.op(VMOVUPS, sum(t), mem(SUMS).disp(t * Packing.LINE));
    }
    product(0);
    for (int g = 0; g < groups; g++) {
      if (g + 1 < groups) {
        product(g + 1); // slow, but the processor continues with the next instructions meanwhile
      }
      add(g);
    }
    for (int t = 0; t < Input.TILE; t++) {
      a.op(VMOVUPS, mem(SUMS).disp(t * Packing.LINE), sum(t));
    }
    a.op(ADD, X, X_STRIDE);
    next(begin);
  }

  private int block(int g) {
    return g * packing.group() / Input.COLUMNS * input.bytes();
  }

  private static int products(int g) {
    return PRODUCTS_AT + (g & 1) * TILE_BYTES;
  }

  /** Writes the integer sums of a group to the stack. */
  private void product(int g) {
    Tile to = new Tile(g & 1);
    Tile x = new Tile(2 + (g & 1));
    Tile weights = new Tile(4 + (g & 1));
    int column = g * packing.group();
    a.op(TILEZERO, to);
    a.op(TILELOADD, x, mem(X).index(LINE, 1).disp(block(g) + input.four(column / 4, 0)));
    a.op(TILELOADD, weights, mem(Gpr.RSP).index(LINE, 1).disp(column / 4 * Packing.LINE));
    a.op(TDPBSSD, to, x, weights);
    a.op(TILESTORED, mem(Gpr.RSP).index(LINE, 1).disp(products(g)), to);
  }

  private void add(int g) {
    int column = g * packing.group();
    Mem scale = scale(Gpr.RSP, g).disp(SCALES_AT);
    a.op(VMOVUPS, r.scale, scale);
    if (packing.hasMins()) {
      a.op(VMOVUPS, r.min, scale.disp(Packing.LINE));
    }
    Mem block = mem(X).disp(block(g));
    for (int t = 0; t < Input.TILE; t++) {
      a.op(VCVTDQ2PS, r.x, mem(Gpr.RSP).disp(products(g) + t * Packing.LINE));
      a.op(VMULPS, r.x, r.x, r.scale);
      a.op(VFMADD231PS, sum(t), r.x, block.disp(input.unit(t)).broadcast());
      if (packing.hasMins()) {
        int total = input.total(column, packing.group(), t);
        a.op(VFMADD231PS, sum(t), r.min, block.disp(total).broadcast());
      }
    }
  }
}
