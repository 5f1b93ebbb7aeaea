package dev.lamina.engine.gguf;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and checks the header of one GGUF file; layout: docs/gguf.md of the ggml project. */
final class PartReader {
  private static final int MAX_NAME_BYTES = 65_535;

  /** An empty name, one dimension, type and offset. */
  private static final int MIN_TENSOR_BYTES = 8 + 4 + 8 + 4 + 8;

  private final MemorySegment file;
  private final String source;
  private final Cursor cursor;

  private PartReader(MemorySegment file, String source) {
    this.file = file.asReadOnly();
    this.source = source;
    this.cursor = new Cursor(file, source);
  }

  /**
   * @param source the file's name, fit for messages
   */
  static GgufPart read(MemorySegment file, String source) {
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
    List<Entry> entries = readEntries(nTensors);
    long alignment = alignment(metadata);
    long dataOffset = Shapes.align(cursor.position(), alignment);
    checkPlaces(entries, alignment, dataOffset);
    return new GgufPart(
        source,
        version,
        file.byteSize(),
        alignment,
        dataOffset,
        metadata,
        tensors(entries, dataOffset));
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

  /** A line of the tensor table. Offset is from the start of tensor data. */
  private record Entry(String name, TensorType type, List<Long> shape, long offset, long bytes) {
    long end() {
      return offset + bytes;
    }
  }

  private List<Entry> readEntries(int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      cursor.subject("name of tensor number " + (i + 1) + " of " + count);
      String name = cursor.string();
      cursor.subject("tensor " + Printable.quote(name));
      if (name.length() > MAX_NAME_BYTES) {
        throw cursor.error("expected a name of at most " + MAX_NAME_BYTES + " bytes");
      }
      entries.add(readEntry(name));
    }
    return entries;
  }

  private Entry readEntry(String name) {
    int nDimensions = cursor.i32();
    if (nDimensions < 1 || nDimensions > Shapes.MAX_DIMENSIONS) {
      throw cursor.error(
          Integer.toUnsignedString(nDimensions)
              + " dimensions, expected 1 to "
              + Shapes.MAX_DIMENSIONS);
    }
    Long[] dimensions = new Long[nDimensions];
    Arrays.setAll(dimensions, i -> cursor.i64());
    List<Long> shape = List.of(dimensions);
    TensorType type = type(cursor.i32());
    long offset = cursor.i64();
    try {
      return new Entry(name, type, shape, offset, Shapes.bytes(type, shape));
    } catch (IllegalArgumentException e) {
      throw cursor.error(e.getMessage());
    }
  }

  private TensorType type(int id) {
    return TensorType.byGgufId(id)
        .orElseThrow(() ->
            cursor.error(
                switch (id) {
                  case 4, 5, 31, 32, 33, 36, 37, 38 ->
                      "type " + id + " was removed from GGUF; quantise the model anew";
                  default ->
                      "unknown type "
                          + Integer.toUnsignedString(id)
                          + ", expected one from "
                          + TensorType.F32.ggufId()
                          + " to "
                          + lastTypeId();
                }));
  }

  private static int lastTypeId() {
    return Arrays.stream(TensorType.values()).mapToInt(TensorType::ggufId).max().orElseThrow();
  }

  private void checkPlaces(List<Entry> entries, long alignment, long dataOffset) {
    long available = file.byteSize() - dataOffset;
    for (Entry entry : entries) {
      cursor.subject("tensor " + Printable.quote(entry.name));
      if (entry.offset % alignment != 0) {
        throw cursor.error(
            "offset "
                + Long.toUnsignedString(entry.offset)
                + " is not a multiple of the alignment "
                + alignment);
      }
      if (entry.offset < 0 || entry.bytes > available || entry.offset > available - entry.bytes) {
        throw cursor.error(
            entry.bytes
                + " bytes at offset "
                + Long.toUnsignedString(entry.offset)
                + " lie outside the file, which has "
                + Math.max(0, available)
                + " bytes of tensor data; it is damaged or not fully downloaded");
      }
    }
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::offset));
    for (int i = 1; i < sorted.size(); i++) {
      Entry before = sorted.get(i - 1);
      Entry entry = sorted.get(i);
      if (entry.offset < before.end()) {
        cursor.subject("tensor " + Printable.quote(entry.name));
        throw cursor.error(
            "starts at offset "
                + entry.offset
                + ", inside tensor "
                + Printable.quote(before.name)
                + " which ends at "
                + before.end());
      }
    }
  }

  private Map<String, GgufTensor> tensors(List<Entry> entries, long dataOffset) {
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      MemorySegment data = file.asSlice(dataOffset + entry.offset, entry.bytes);
      GgufTensor tensor = new GgufTensor(entry.name, entry.type, entry.shape, data);
      if (tensors.put(entry.name, tensor) != null) {
        cursor.subject("tensor " + Printable.quote(entry.name));
        throw cursor.error("occurs twice, expected unique names");
      }
    }
    return Collections.unmodifiableMap(tensors);
  }
}
