package dev.lamina.cpu;

import dev.lamina.cpu.kernel.AttentionKernels;
import dev.lamina.cpu.kernel.KeyTiles;
import dev.lamina.cpu.kernel.ValueTiles;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.model.Op;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values of one layer, [pages, nKvHeads] each, of {@link KeyTiles} and {@link ValueTiles}:
 * a page has one tile for each head.
 */
final class KvCache implements PageMemory {
  private final Group group;
  private final int nKvHeads;
  private final KeyTiles keyTiles;
  private final ValueTiles valueTiles;
  private final MemorySegment keys;
  private final MemorySegment values;

  KvCache(Arena arena, Op.Attention shape, RuntimeConfig config) {
    this.group = shape.group();
    this.nKvHeads = shape.nKvHeads();
    this.keyTiles = new KeyTiles(config.keyType(), shape.headDim());
    this.valueTiles = new ValueTiles(config.valueType(), shape.headDim());
    long tiles = (long) nKvHeads * config.pages(shape.group());
    this.keys = arena.allocate(Math.multiplyExact(tiles, keyTiles.bytes()), 64);
    this.values = arena.allocate(Math.multiplyExact(tiles, valueTiles.bytes()), 64);
  }

  /** Bytes of one layer's keys and values. */
  static long bytes(Op.Attention shape, RuntimeConfig config) {
    long tiles = (long) shape.nKvHeads() * config.pages(shape.group());
    return Math.multiplyExact(
        tiles,
        new KeyTiles(config.keyType(), shape.headDim()).bytes()
            + new ValueTiles(config.valueType(), shape.headDim()).bytes());
  }

  /** Stores one head's key and value at a position of a page. */
  void store(
      AttentionKernels kernels, int kvHead, int page, int inPage, float[] array, int k, int v) {
    kernels.storeKey(array, k, keys, keyTile(kvHead, page), inPage);
    kernels.storeValue(array, v, values, valueTile(kvHead, page), inPage);
  }

  MemorySegment keys() {
    return keys;
  }

  MemorySegment values() {
    return values;
  }

  /** Byte offset of the keys of a page's head. Keys that were never stored are undefined. */
  long keyTile(int kvHead, int page) {
    return tile(kvHead, page) * keyTiles.bytes();
  }

  /** Byte offset of the values of a page's head. */
  long valueTile(int kvHead, int page) {
    return tile(kvHead, page) * valueTiles.bytes();
  }

  @Override
  public Group group() {
    return group;
  }

  @Override
  public void copyPage(int from, int to) {
    copyPage(keys, nKvHeads * keyTiles.bytes(), from, to);
    copyPage(values, nKvHeads * valueTiles.bytes(), from, to);
  }

  private static void copyPage(MemorySegment memory, long bytes, int from, int to) {
    MemorySegment.copy(memory, from * bytes, memory, to * bytes, bytes);
  }

  @Override
  public long pageBytes() {
    return nKvHeads * (keyTiles.bytes() + valueTiles.bytes());
  }

  @Override
  public void readPage(int page, MemorySegment to) {
    long k = nKvHeads * keyTiles.bytes();
    long v = nKvHeads * valueTiles.bytes();
    MemorySegment.copy(keys, page * k, to, 0, k);
    MemorySegment.copy(values, page * v, to, k, v);
  }

  @Override
  public void writePage(int page, MemorySegment from) {
    long k = nKvHeads * keyTiles.bytes();
    long v = nKvHeads * valueTiles.bytes();
    MemorySegment.copy(from, 0, keys, page * k, k);
    MemorySegment.copy(from, k, values, page * v, v);
  }

  private long tile(int kvHead, int page) {
    return (long) page * nKvHeads + kvHead;
  }
}
