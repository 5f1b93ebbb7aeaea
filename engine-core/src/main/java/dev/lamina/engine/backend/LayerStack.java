package dev.lamina.engine.backend;

import dev.lamina.engine.memory.Group;
import java.lang.foreign.MemorySegment;

/**
 * The segments of a model that lie on one device, with their KV cache. Used by one thread at a
 * time.
 */
public interface LayerStack extends AutoCloseable {
  /**
   * Runs the batch through a segment; afterwards the caches of the segment hold the positions of
   * the batch. Values are {@link Batch#rows} rows of {@link dev.lamina.engine.model.Rows#width}
   * elements.
   *
   * @param segment index in the list that was loaded
   * @param in an array for each of {@link Segment#inputs}
   * @param out an array for each of {@link Segment#outputs}, which may be longer than what is
   *     written
   * @throws BackendException if the device fails
   */
  void forward(int segment, Batch batch, float[][] in, float[][] out);

  /** Copies a page of what a group keeps, of all its layers, to another one. */
  void copyPage(Group group, int from, int to);

  /** Bytes of a page of what a group keeps, of all its layers; 0 without any. */
  long pageBytes(Group group);

  /**
   * Names the layout of a page's bytes. Stacks of the same name exchange pages of the same model.
   */
  String pageLayout();

  /**
   * Reads a page of what a group keeps. Positions that were never written are undefined.
   *
   * @param to takes {@link #pageBytes} from its start on
   * @throws BackendException if the device fails
   */
  void readPage(Group group, int page, MemorySegment to);

  /**
   * Replaces a page of what a group keeps by what {@link #readPage} gave.
   *
   * @throws BackendException if the device fails; what the page holds is undefined then
   */
  void writePage(Group group, int page, MemorySegment from);

  @Override
  void close();
}
