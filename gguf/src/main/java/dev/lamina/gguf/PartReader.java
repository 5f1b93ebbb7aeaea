package dev.lamina.gguf;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads and checks the header of one GGUF file; layout: docs/gguf.md of the ggml project. */
final class PartReader {
  private static final int MAX_NAME_BYTES = 65_535;

  /** An empty name, one dimension, type and offset. */
  private static final int MIN_TENSOR_BYTES = 8 + 4 + 8 + 4 + 8;

  private final FileBytes file;
  private final String source;
  private final Cursor cursor;

  private PartReader(FileBytes file, String source) {
    this.file = file;
    this.source = source;
    this.cursor = new Cursor(file, source, new FileWarnings());
  }

  /**
   * @param source the file's name, fit for messages
   */
  static GgufPart read(FileBytes file, String source) {
    Signature.check(file, source);
    return new PartReader(file, source).read();
  }

  private GgufPart read() {
    cursor.i32(); // the signature, checked
    int version = cursor.i32();
    cursor.subject("tensor count");
    int nTensors = cursor.count("tensors", MIN_TENSOR_BYTES);
    cursor.subject("metadata count");
    int nKeys = cursor.count("metadata keys", ValueReader.MIN_ENTRY_BYTES);
    Metadata metadata = new ValueReader(cursor).read(source, nKeys);
    List<Line> lines = readLines(nTensors);
    long alignment = alignment(metadata);
    long dataOffset = Shapes.align(cursor.position(), alignment);
    List<Entry> entries = entries(lines, alignment, Math.max(0, file.size() - dataOffset));
    return new GgufPart(
        source, version, file.size(), alignment, dataOffset, metadata, table(entries, dataOffset));
  }

  private static long alignment(Metadata metadata) {
    if (!metadata.contains(Shapes.ALIGNMENT_KEY)) {
      return Shapes.DEFAULT_ALIGNMENT;
    }
    long alignment = metadata.wide(Shapes.ALIGNMENT_KEY);
    if (!Shapes.isAlignment(alignment)) {
      throw new GgufFormatException(
          metadata.source()
              + ": metadata key "
              + Shapes.ALIGNMENT_KEY
              + " is "
              + alignment
              + ", expected a power of two from 8 to "
              + Shapes.MAX_ALIGNMENT);
    }
    return alignment;
  }

  /** A line of the tensor table as stored; the offset is from the start of the data. */
  private record Line(String name, int typeId, List<Long> shape, long offset) {}

  /** A line with its type resolved. */
  private record Entry(Line line, StoredType type, long bytes) {
    long offset() {
      return line.offset;
    }

    long end() {
      return line.offset + bytes;
    }
  }

  private List<Line> readLines(int count) {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      cursor.subject("name of tensor number " + (i + 1) + " of " + count);
      String name = cursor.string();
      cursor.subject("tensor " + Printable.quote(name));
      if (name.length() > MAX_NAME_BYTES) {
        throw cursor.error("expected a name of at most " + MAX_NAME_BYTES + " bytes");
      }
      lines.add(readLine(name));
    }
    return lines;
  }

  private Line readLine(String name) {
    int nDimensions = cursor.i32();
    if (nDimensions < 1 || nDimensions > Shapes.MAX_DIMENSIONS) {
      throw cursor.error(
          Integer.toUnsignedString(nDimensions)
              + " dimensions, expected 1 to "
              + Shapes.MAX_DIMENSIONS);
    }
    Long[] dimensions = new Long[nDimensions];
    Arrays.setAll(dimensions, i -> cursor.i64());
    try {
      Shapes.elements(List.of(dimensions));
    } catch (IllegalArgumentException e) {
      throw cursor.error(e.getMessage());
    }
    return new Line(name, cursor.i32(), List.of(dimensions), cursor.i64());
  }

  /**
   * Finds out the types, and checks that all tensors lie in the file and none in another.
   *
   * @param available bytes of tensor data
   */
  private List<Entry> entries(List<Line> lines, long alignment, long available) {
    long[] offsets = lines.stream().mapToLong(Line::offset).sorted().toArray();
    List<Entry> entries = new ArrayList<>();
    for (Line line : lines) {
      cursor.subject("tensor " + Printable.quote(line.name));
      if (line.offset % alignment != 0) {
        throw cursor.error(
            "offset "
                + Long.toUnsignedString(line.offset)
                + " is not a multiple of the alignment "
                + alignment);
      }
      entries.add(entry(line, extent(line, offsets, available), available));
    }
    checkOverlaps(entries);
    return entries;
  }

  /** Bytes from a tensor's start to the next tensor or the end of the file. */
  private static long extent(Line line, long[] offsets, long available) {
    int low = 0; // the first offset beyond the tensor's own lies in [low, high]
    int high = offsets.length;
    while (low < high) {
      int middle = low + high >>> 1;
      if (offsets[middle] > line.offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    long end = low < offsets.length ? Math.min(offsets[low], available) : available;
    return line.offset < 0 ? 0 : Math.max(0, end - line.offset);
  }

  private Entry entry(Line line, long extent, long available) {
    StoredType type = StoredTypes.of(line.typeId, line.shape, extent);
    try {
      long bytes = type.isReadable() ? type.bytes(line.shape) : extent;
      if (line.offset < 0 || bytes > available || line.offset > available - bytes) {
        throw cursor.error(
            bytes
                + " bytes at offset "
                + Long.toUnsignedString(line.offset)
                + " lie outside the file, which has "
                + available
                + " bytes of tensor data; it is damaged or not fully downloaded");
      }
      return new Entry(line, type, bytes);
    } catch (IllegalArgumentException e) {
      throw cursor.error(e.getMessage());
    }
  }

  private void checkOverlaps(List<Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::offset));
    for (int i = 1; i < sorted.size(); i++) {
      Entry before = sorted.get(i - 1);
      Entry entry = sorted.get(i);
      if (entry.offset() < before.end()) {
        cursor.subject("tensor " + Printable.quote(entry.line.name));
        throw cursor.error(
            "starts at offset "
                + entry.offset()
                + ", inside tensor "
                + Printable.quote(before.line.name)
                + " which ends at "
                + before.end());
      }
    }
  }

  private List<TensorEntry> table(List<Entry> entries, long dataOffset) {
    Set<String> names = new HashSet<>();
    List<TensorEntry> table = new ArrayList<>();
    for (Entry entry : entries) {
      Line line = entry.line;
      cursor.subject("tensor " + Printable.quote(line.name));
      if (!names.add(line.name)) {
        throw cursor.error("occurs twice, expected unique names");
      }
      table.add(
          new TensorEntry(
              line.name,
              line.typeId,
              entry.type.label(),
              line.shape,
              entry.bytes,
              entry.type.isReadable() ? tensor(entry, dataOffset) : null,
              entry.type.isReadable() ? null : problem(entry)));
    }
    return table;
  }

  private GgufTensor tensor(Entry entry, long dataOffset) {
    Line line = entry.line;
    TensorType type = entry.type.type();
    FileSlice stored = new FileSlice(file, dataOffset + line.offset, entry.bytes);
    if (entry.type.layout() == null) {
      return new GgufTensor(line.name, type, line.shape, stored);
    }
    cursor
        .warnings()
        .add(
            source
                + ": has tensors of type "
                + entry.type.label()
                + ", which are read as "
                + type
                + "; quantize with the type COPY writes them so");
    long elements = Shapes.elements(line.shape);
    return new GgufTensor(
        line.name,
        type,
        line.shape,
        stored,
        () -> {
          MemorySegment blocks = file.allocate(type.bytes(elements));
          long columns = line.shape.getFirst();
          entry.type.layout().restore(stored, columns, elements / columns, blocks);
          return blocks.asReadOnly();
        });
  }

  private String problem(Entry entry) {
    String number =
        entry.line.typeId < 0 || entry.type.label().startsWith("type ")
            ? ""
            : "type " + entry.line.typeId + " is ";
    return cursor.error(number + entry.type.label() + entry.type.advice()).getMessage();
  }
}
