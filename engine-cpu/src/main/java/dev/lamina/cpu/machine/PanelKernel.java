package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.GprOp.ADD;
import static dev.lamina.cpu.assembler.GprOp.DEC;
import static dev.lamina.cpu.assembler.GprOp.LEA;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.PREFETCHT0;
import static dev.lamina.cpu.assembler.GprOp.SHR;
import static dev.lamina.cpu.assembler.GprOp.SUB;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.VecOp.VADDPS;
import static dev.lamina.cpu.assembler.VecOp.VBROADCASTSS;
import static dev.lamina.cpu.assembler.VecOp.VCVTPH2PS;
import static dev.lamina.cpu.assembler.VecOp.VFMADD213PS;
import static dev.lamina.cpu.assembler.VecOp.VFMADD231PS;
import static dev.lamina.cpu.assembler.VecOp.VMOVUPS;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.system.Platform;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.Q8_0;
import java.util.ArrayList;
import java.util.List;

/**
 * Emits products of blocks of rows with a tile of a KV cache: {@code void f(tile, next, array, a +
 * (c << 32), aStride + (cStride << 32), blocks + (n << 32))}. The rows a and c are floats of the
 * array; their places and distances are numbers of floats. Each block has the kernel's number of
 * rows. The tile is converted on the way; {@code next} is the tile that the caller needs next, and
 * is only prefetched.
 *
 * <p>With keys, {@code c[r, p] = sum over k of a[r, k] * tile[k, p]} for all 64 positions; n is the
 * headDim. With values, {@code c[r, j] += sum over p < n of a[r, p] * tile[p, j]}. Lanes are
 * columns, so each result is a sum in the order of k or p, whatever the tier and the number of
 * rows.
 */
final class PanelKernel {
  private static final int WIDTH = KeyTiles.POSITIONS;
  private static final int BLOCK = Q8_0.BLOCK_SIZE;

  /** Bytes of the scales of a block of keys. */
  private static final int KEY_SCALES = 2 * WIDTH;

  private static final Gpr TILE = Gpr.RDI;

  /** Distance from this tile to the next one. */
  private static final Gpr AWAY = Gpr.RSI;

  private static final Gpr ARRAY = Gpr.RDX;
  private static final Gpr PLACES = Gpr.RCX;
  private static final Gpr A_STRIDE = Gpr.R8;
  private static final Gpr N = Gpr.R9;
  private static final Gpr A = Gpr.R10;
  private static final Gpr C = Gpr.R11;
  private static final Gpr C_STRIDE = Gpr.R12;
  private static final Gpr BLOCKS = Gpr.RBX;
  private static final Gpr B = Gpr.RCX;
  private static final Gpr X = Gpr.RAX;

  /** The fourth row of a block. */
  private static final Gpr X_LATER = Gpr.RBP;

  private static final Gpr K = Gpr.R13;
  private static final Gpr COUNT = Gpr.R14;
  private static final Gpr C_ROW = Gpr.R15;

  /**
   * A vector of columns of a panel.
   *
   * @param bits of the vector
   */
  private record Lanes(int column, int bits) {}

  private final Assembler a = new Assembler();
  private final CacheElements elements;
  private final Tier tier;
  private final TensorType type;
  private final boolean keys;
  private final int headDim;
  private final int rows;

  /** Largest number of vectors with sums for each row. */
  private final int vectors;

  /**
   * @param type one that {@link CacheElements} reads
   * @param headDim a multiple of 8 and of the type's block size
   * @param rows 1 to {@link #mostRows}
   */
  PanelKernel(Tier tier, TensorType type, boolean keys, int headDim, int rows) {
    this.tier = tier.vectors();
    this.type = type;
    this.elements = new CacheElements(a, type);
    this.keys = keys;
    this.headDim = headDim;
    this.rows = rows;
    this.vectors = this.tier.bits == 256 && rows == 1 ? 8 : 4;
  }

  /** Largest number of rows of a block: what the registers hold. */
  static int mostRows(Tier tier, TensorType type, boolean keys) {
    return tier.bits == 512 ? 6 : type == TensorType.Q8_0 && !keys ? 2 : 3;
  }

  Assembler emit(Platform platform) {
    Frame.enter(a, platform);
    arguments();
    Label block = new Label("block");
    a.bind(block);
    if (keys) {
      pieces(WIDTH);
    } else {
      panels();
    }
    advance(A, A_STRIDE);
    advance(C, C_STRIDE);
    a.op(DEC, BLOCKS);
    a.jump(Condition.NE, block);
    Frame.leave(a, platform);
    return a;
  }

  private void arguments() {
    a.op(SUB, AWAY, TILE);
    a.op(MOV, A.dword(), PLACES.dword());
    a.op(LEA, A, mem(ARRAY).index(A, 4));
    a.op(SHR, PLACES, 32);
    a.op(LEA, C, mem(ARRAY).index(PLACES, 4));
    a.op(MOV, C_STRIDE, A_STRIDE);
    a.op(SHR, C_STRIDE, 32);
    a.op(MOV, A_STRIDE.dword(), A_STRIDE.dword());
    for (Gpr stride : List.of(A_STRIDE, C_STRIDE)) {
      a.op(ADD, stride, stride);
      a.op(ADD, stride, stride);
    }
    a.op(MOV, BLOCKS.dword(), N.dword());
    a.op(SHR, N, 32);
  }

  /** Moves on by the rows of a block. */
  private void advance(Gpr place, Gpr stride) {
    for (int times = 8; times > 0; times /= 2) {
      if ((rows & times) != 0) {
        a.op(LEA, place, mem(place).index(stride, times));
      }
    }
  }

  /** The panels of a tile of values: those of the full width in a loop, and a narrower one. */
  private void panels() {
    int full = headDim / WIDTH;
    int bytes = Math.toIntExact(WIDTH * type.bytes(WIDTH));
    if (full > 0) {
      Label panel = new Label("panel");
      a.set(COUNT, full);
      a.bind(panel);
      pieces(WIDTH);
      a.op(ADD, TILE, bytes);
      a.op(ADD, C, Float.BYTES * WIDTH);
      a.op(DEC, COUNT);
      a.jump(Condition.NE, panel);
    }
    pieces(headDim % WIDTH);
    if (full > 0) {
      a.op(SUB, TILE, full * bytes);
      a.op(SUB, C, full * Float.BYTES * WIDTH);
    }
  }

  /** Computes a panel in pieces of as many columns as the registers hold sums for. */
  private void pieces(int width) {
    List<Lanes> piece = new ArrayList<>();
    for (int column = 0; column < width; ) {
      int bits = width - column >= tier.lanes() ? tier.bits : 256;
      piece.add(new Lanes(column, bits));
      column += bits / Float.SIZE;
      if (piece.size() == vectors || column == width) {
        begin();
        if (isScaledLater()) {
          scaledSums(piece);
        } else {
          clear(piece);
          sums(piece, width);
          store(piece, !keys);
        }
        piece.clear();
      }
    }
  }

  private void begin() {
    a.op(MOV, B, TILE);
    a.op(MOV, X, A);
    if (rows > 3) {
      a.op(LEA, X_LATER, mem(X).index(A_STRIDE, 2));
      a.op(ADD, X_LATER, A_STRIDE);
    }
  }

  private Vec sum(int row, int i, Lanes lanes) {
    return new Vec(row * vectors + i, lanes.bits);
  }

  private Vec x(int row, Lanes lanes) {
    return new Vec(rows * vectors + row, lanes.bits);
  }

  /** An element of the tile for each lane. */
  private Vec element(Lanes lanes) {
    return new Vec(rows * (vectors + 1), lanes.bits);
  }

  private void clear(List<Lanes> piece) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < piece.size(); i++) {
        Vec sum = sum(r, i, piece.get(i));
        a.op(VPXORD, sum, sum, sum);
      }
    }
  }

  /** Adds the products of all lines of a panel. */
  private void sums(List<Lanes> piece, int width) {
    if (keys) {
      a.set(K, headDim);
    } else {
      a.op(MOV, K, N);
    }
    int bytes = Math.toIntExact(type.bytes(width));
    Lanes last = piece.getLast();
    int from = elements.offset(piece.getFirst().column);
    int end = elements.offset(last.column + last.bits / Float.SIZE);
    lines(piece, bytes, from, end);
  }

  /**
   * Emits the loop over the lines of a panel.
   *
   * @param bytes of a line
   * @param from where the piece begins in a line
   */
  private void lines(List<Lanes> piece, int bytes, int from, int end) {
    Label line = new Label("line");
    a.bind(line);
    for (int at = from; at < end; at += 64) {
      a.op(PREFETCHT0, mem(B).index(AWAY, 1).disp(at));
    }
    Lanes widest = piece.getFirst();
    for (int r = 0; r < rows; r++) {
      Gpr base = r < 3 ? X : X_LATER;
      Mem x = r % 3 == 0 ? mem(base) : mem(base).index(A_STRIDE, r % 3);
      a.op(VBROADCASTSS, x(r, widest), x);
    }
    for (int i = 0; i < piece.size(); i++) {
      Lanes lanes = piece.get(i);
      Vec element = element(lanes);
      load(lanes, element);
      for (int r = 0; r < rows; r++) {
        a.op(VFMADD231PS, sum(r, i, lanes), x(r, lanes), element);
      }
    }
    a.op(ADD, X, Float.BYTES);
    if (rows > 3) {
      a.op(ADD, X_LATER, Float.BYTES);
    }
    a.op(ADD, B, bytes);
    a.op(DEC, K);
    a.jump(Condition.NE, line);
  }

  /** Loads elements of a line as floats. The scales of keys are applied later. */
  private void load(Lanes lanes, Vec to) {
    if (isScaledLater()) {
      elements.codes(to, mem(B).disp(KEY_SCALES + lanes.column));
    } else {
      elements.load(to, B, lanes.column, new Vec(rows * (vectors + 1) + 1, lanes.bits));
    }
  }

  private boolean isScaledLater() {
    return keys && type == TensorType.Q8_0;
  }

  /** Adds the products of keys with scales: each sum of 32 codes is multiplied once. */
  private void scaledSums(List<Lanes> piece) {
    clear(piece);
    store(piece, false);
    Label next = new Label("next");
    a.set(COUNT, headDim / BLOCK);
    a.bind(next);
    for (int at = 0; at < KEY_SCALES; at += 64) {
      a.op(PREFETCHT0, mem(B).index(AWAY, 1).disp(at));
    }
    clear(piece);
    a.set(K, BLOCK);
    int first = piece.getFirst().column;
    lines(piece, WIDTH, KEY_SCALES + first, KEY_SCALES + piece.getLast().column + tier.lanes());
    for (int i = 0; i < piece.size(); i++) {
      Lanes lanes = piece.get(i);
      a.op(VCVTPH2PS, keyScale(i, lanes), mem(B).disp(2 * lanes.column - BLOCK * WIDTH));
    }
    a.op(MOV, C_ROW, C);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < piece.size(); i++) {
        Vec sum = sum(r, i, piece.get(i));
        Mem c = mem(C_ROW).disp(Float.BYTES * piece.get(i).column);
        a.op(VFMADD213PS, sum, keyScale(i, piece.get(i)), c);
        a.op(VMOVUPS, c, sum);
      }
      a.op(ADD, C_ROW, C_STRIDE);
    }
    a.op(ADD, B, KEY_SCALES);
    a.op(DEC, COUNT);
    a.jump(Condition.NE, next);
  }

  /** Between the lines, the registers after the sums are free. */
  private Vec keyScale(int i, Lanes lanes) {
    return new Vec(rows * vectors + i, lanes.bits);
  }

  /**
   * Stores the sums.
   *
   * @param add to what is there
   */
  private void store(List<Lanes> piece, boolean add) {
    a.op(MOV, C_ROW, C);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < piece.size(); i++) {
        Vec sum = sum(r, i, piece.get(i));
        Mem c = mem(C_ROW).disp(Float.BYTES * piece.get(i).column);
        if (add) {
          a.op(VADDPS, sum, sum, c);
        }
        a.op(VMOVUPS, c, sum);
      }
      a.op(ADD, C_ROW, C_STRIDE);
    }
  }
}
