package dev.lamina.gpu;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RopeTable;
import dev.lamina.engine.model.RowSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;

/**
 * The inputs of a pass from the host besides activations, in one buffer of 4-byte words. For each
 * row: its token, its position, for each group the index in this buffer of its sequence's page
 * table; then the indices of the wanted rows (with room for all), for each RoPE configuration the
 * cosines and the sines of all rows, and the page tables of each sequence.
 */
final class GpuInputs {
  private final GpuApi api;
  private final int pagesPerSequence;
  private final List<Group> groups;
  private final List<RopeConfig> ropes;
  private final RopeTable[] tables;
  private final HostBuffer host;
  private final GpuBuffer buffer;
  private final float[] cos;
  private final float[] sin;

  GpuInputs(GpuApi api, GpuResources resources, List<Segment> segments, RuntimeConfig config) {
    this.api = api;
    this.pagesPerSequence = config.pagesPerSequence();
    this.groups = groups(segments);
    this.ropes = ropes(segments);
    this.tables = ropes.stream().map(RopeTable::new).toArray(RopeTable[]::new);
    long bytes = bytes(segments, config);
    this.host = resources.add(api.allocateHost("inputs", bytes));
    this.buffer = resources.add(api.allocate("inputs", bytes));
    int most = ropes.stream().mapToInt(rope -> rope.nDims() / 2).max().orElse(0);
    this.cos = new float[most];
    this.sin = new float[most];
  }

  static long bytes(List<Segment> segments, RuntimeConfig config) {
    List<Group> groups = groups(segments);
    int perSequence = Math.multiplyExact(groups.size(), config.pagesPerSequence());
    int tables = Math.multiplyExact(config.sequences(), perSequence);
    int rows = words(groups.size(), ropes(segments), config.batchSize());
    return 4L * Math.addExact(rows, tables);
  }

  GpuBuffer buffer() {
    return buffer;
  }

  /** Index of the positions in a pass of this number of rows. */
  static int positionAt(int nRows) {
    return nRows;
  }

  /** Index of the indices of a group's page tables in a pass of this number of rows. */
  int tableAt(Group group, int nRows) {
    return (2 + groups.indexOf(group)) * nRows;
  }

  /** Index of the indices of wanted rows in a pass of this number of rows. */
  int wantedAt(int nRows) {
    return (2 + groups.size()) * nRows;
  }

  /** Index of a configuration's cosines in a pass of this number of rows; the sines follow. */
  int anglesAt(RopeConfig rope, int nRows) {
    return words(groups.size(), ropes.subList(0, ropes.indexOf(rope)), nRows);
  }

  /** Writes the inputs of a pass over all rows of a batch to host memory. */
  void fill(Batch batch) {
    MemorySegment words = host.segment();
    int nRows = batch.size();
    for (int row = 0; row < nRows; row++) {
      words.setAtIndex(ValueLayout.JAVA_INT, row, batch.token(row));
      words.setAtIndex(ValueLayout.JAVA_INT, positionAt(nRows) + row, batch.position(row));
      for (int g = 0; g < groups.size(); g++) {
        int table = batch.runOf(row) * groups.size() + g;
        words.setAtIndex(
            ValueLayout.JAVA_INT, (2 + g) * nRows + row, tables(nRows) + table * pagesPerSequence);
      }
    }
    for (int i = 0; i < batch.rows(RowSet.WANTED); i++) {
      words.setAtIndex(ValueLayout.JAVA_INT, wantedAt(nRows) + i, batch.wanted(i));
    }
    long at = wantedAt(nRows) + nRows;
    for (RopeTable table : tables) {
      int n = table.nPairs();
      for (int row = 0; row < nRows; row++) {
        table.fill(batch.position(row), cos, sin, 0);
        MemorySegment.copy(cos, 0, words, ValueLayout.JAVA_FLOAT, 4 * (at + row * n), n);
        MemorySegment.copy(sin, 0, words, ValueLayout.JAVA_FLOAT, 4 * (at + (nRows + row) * n), n);
      }
      at += 2L * nRows * n;
    }
    for (int run = 0; run < batch.runs(); run++) {
      for (Group group : groups) {
        PageTable pages = batch.run(run).pages(group);
        for (int i = 0; i < pages.size(); i++) {
          words.setAtIndex(ValueLayout.JAVA_INT, at + i, pages.get(i));
        }
        at += pagesPerSequence;
      }
    }
  }

  /** Queues the transfer of the inputs to the device. */
  void upload(Batch batch) {
    int tables = batch.runs() * groups.size() * pagesPerSequence;
    api.upload(host, buffer, 0, 4L * (tables(batch.size()) + tables));
  }

  /** Index of the first page table. */
  private int tables(int nRows) {
    return words(groups.size(), ropes, nRows);
  }

  /** Words before the page tables. */
  private static int words(int nGroups, List<RopeConfig> ropes, int nRows) {
    int perRow = 3 + nGroups + ropes.stream().mapToInt(rope -> rope.nDims() / 2 * 2).sum();
    return Math.multiplyExact(nRows, perRow);
  }

  private static List<Group> groups(List<Segment> segments) {
    return segments.stream()
        .flatMap(segment -> segment.ops().stream())
        .map(Op::group)
        .filter(Objects::nonNull)
        .distinct()
        .toList();
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
