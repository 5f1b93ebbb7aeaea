package dev.lamina.gpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RopeTable;
import dev.lamina.engine.model.RowSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The inputs of a pass from the host besides activations, in one buffer of 4-byte words: a token
 * for each row, the position of the first row, the indices of the wanted rows (with room for all),
 * then for each RoPE configuration the cosines and the sines of all rows.
 */
final class GpuInputs {
  private final GpuApi api;
  private final List<RopeConfig> ropes;
  private final RopeTable[] tables;
  private final HostBuffer host;
  private final GpuBuffer buffer;
  private final float[] cos;
  private final float[] sin;

  GpuInputs(GpuApi api, GpuResources resources, List<Segment> segments, SessionConfig config) {
    this.api = api;
    this.ropes = ropes(segments);
    this.tables = ropes.stream().map(RopeTable::new).toArray(RopeTable[]::new);
    long bytes = bytes(segments, config);
    this.host = resources.add(api.allocateHost("inputs", bytes));
    this.buffer = resources.add(api.allocate("inputs", bytes));
    int most = ropes.stream().mapToInt(rope -> rope.nDims() / 2).max().orElse(0);
    this.cos = new float[most];
    this.sin = new float[most];
  }

  static long bytes(List<Segment> segments, SessionConfig config) {
    return 4L * words(ropes(segments), config.batchSize());
  }

  /** Whether an operation reads the inputs. */
  static boolean isReadBy(Op op) {
    return op instanceof Op.Embed
        || op instanceof Op.SelectRows
        || op instanceof Op.Rope
        || op instanceof Op.Attention;
  }

  GpuBuffer buffer() {
    return buffer;
  }

  /** Index of the position in a pass of this number of rows. */
  static int positionAt(int nRows) {
    return nRows;
  }

  /** Index of the indices of wanted rows in a pass of this number of rows. */
  static int wantedAt(int nRows) {
    return positionAt(nRows) + 1;
  }

  /** Index of a configuration's cosines in a pass of this number of rows; the sines follow. */
  int anglesAt(RopeConfig rope, int nRows) {
    return words(ropes.subList(0, ropes.indexOf(rope)), nRows);
  }

  /** Writes the inputs of a pass over all rows of a batch to host memory. */
  void fill(Batch batch) {
    MemorySegment words = host.segment();
    int nRows = batch.size();
    for (int row = 0; row < nRows; row++) {
      words.setAtIndex(ValueLayout.JAVA_INT, row, batch.token(row));
    }
    words.setAtIndex(ValueLayout.JAVA_INT, positionAt(nRows), batch.startPosition());
    for (int i = 0; i < batch.rows(RowSet.WANTED); i++) {
      words.setAtIndex(ValueLayout.JAVA_INT, wantedAt(nRows) + i, batch.wanted(i));
    }
    long at = wantedAt(nRows) + nRows;
    for (RopeTable table : tables) {
      int n = table.nPairs();
      for (int row = 0; row < nRows; row++) {
        table.fill(batch.startPosition() + row, cos, sin, 0);
        MemorySegment.copy(cos, 0, words, ValueLayout.JAVA_FLOAT, 4 * (at + row * n), n);
        MemorySegment.copy(sin, 0, words, ValueLayout.JAVA_FLOAT, 4 * (at + (nRows + row) * n), n);
      }
      at += 2L * nRows * n;
    }
  }

  /** Queues the transfer of the inputs to the device. */
  void upload(int nRows) {
    api.upload(host, buffer, 0, 4L * words(ropes, nRows));
  }

  private static int words(List<RopeConfig> ropes, int nRows) {
    int perRow = 2 + ropes.stream().mapToInt(rope -> rope.nDims() / 2 * 2).sum();
    return Math.addExact(1, Math.multiplyExact(nRows, perRow));
  }

  private static List<RopeConfig> ropes(List<Segment> segments) {
    return segments.stream()
        .flatMap(segment -> segment.ops().stream())
        .filter(Op.Rope.class::isInstance)
        .map(op -> ((Op.Rope) op).config())
        .distinct()
        .toList();
  }
}
