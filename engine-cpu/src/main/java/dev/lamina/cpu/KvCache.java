package dev.lamina.cpu;

import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.ValueTiles;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values of one layer, [nKvHeads, tiles] each, of {@link KeyTiles} and {@link ValueTiles}.
 * The last tile may be partly unused.
 */
final class KvCache {
  private static final int POSITIONS = KeyTiles.POSITIONS;

  private final int tilesPerHead;
  private final KeyTiles keyTiles;
  private final ValueTiles valueTiles;
  private final MemorySegment keys;
  private final MemorySegment values;

  KvCache(Arena arena, Op.Attention shape, SessionConfig config) {
    this.tilesPerHead = tilesPerHead(config);
    this.keyTiles = new KeyTiles(config.keyType(), shape.headDim());
    this.valueTiles = new ValueTiles(config.valueType(), shape.headDim());
    long tiles = (long) shape.nKvHeads() * tilesPerHead;
    this.keys = arena.allocate(Math.multiplyExact(tiles, keyTiles.bytes()), 64);
    this.values = arena.allocate(Math.multiplyExact(tiles, valueTiles.bytes()), 64);
  }

  /** Bytes of one layer's keys and values. */
  static long bytes(Op.Attention shape, SessionConfig config) {
    long tiles = (long) shape.nKvHeads() * tilesPerHead(config);
    return Math.multiplyExact(
        tiles,
        new KeyTiles(config.keyType(), shape.headDim()).bytes()
            + new ValueTiles(config.valueType(), shape.headDim()).bytes());
  }

  private static int tilesPerHead(SessionConfig config) {
    return Math.ceilDiv(config.contextLength(), POSITIONS);
  }

  /** Stores one head's key and value at a position. */
  void store(int kvHead, int position, float[] k, int kOffset, float[] v, int vOffset) {
    long tile = tile(kvHead, position);
    int inTile = position % POSITIONS;
    keyTiles.store(k, kOffset, keys, tile * keyTiles.bytes(), inTile);
    valueTiles.store(v, vOffset, values, tile * valueTiles.bytes(), inTile);
  }

  /**
   * Reads the tile of keys that begins at a position. Keys that were never stored are undefined.
   */
  void loadKeys(int kvHead, int position, float[] dst, Scratch scratch) {
    keyTiles.load(keys, tile(kvHead, position) * keyTiles.bytes(), dst, scratch);
  }

  /** Reads the first n values of the tile that begins at a position. */
  void loadValues(int kvHead, int position, int n, float[] dst, Scratch scratch) {
    valueTiles.load(values, tile(kvHead, position) * valueTiles.bytes(), n, dst, scratch);
  }

  private long tile(int kvHead, int position) {
    return (long) kvHead * tilesPerHead + position / POSITIONS;
  }
}
