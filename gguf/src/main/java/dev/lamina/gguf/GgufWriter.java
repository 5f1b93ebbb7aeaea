package dev.lamina.gguf;

import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes GGUF files of version 3. Metadata is held until it is written, tensor data is asked for
 * piece by piece, so that memory use does not grow with the model. A writer can write several times
 * if its tensors' data can be supplied several times.
 */
public final class GgufWriter {
  private static final int VERSION = 3;

  /** Type id and value as they stand in the file. */
  private final Map<String, byte[]> metadata = new LinkedHashMap<>();

  private final Map<String, TensorSpec> tensors = new LinkedHashMap<>();
  private long alignment = Shapes.DEFAULT_ALIGNMENT;

  /**
   * Sets a key, replacing an earlier value. {@code general.alignment} takes effect on the file.
   *
   * @param value of the class that {@link Metadata} names for the type
   * @throws IllegalArgumentException if the value is not of the type
   */
  public GgufWriter put(String key, ValueType type, Object value) {
    if (key.equals(Shapes.ALIGNMENT_KEY)) {
      if (!(value instanceof Number number) || !Shapes.isAlignment(number.longValue())) {
        throw new IllegalArgumentException(
            "alignment " + value + ", expected a power of two from 8 to " + Shapes.MAX_ALIGNMENT);
      }
      alignment = number.longValue();
    }
    metadata.put(key, new Encoder().i32(type.id()).value(type, value).toBytes());
    return this;
  }

  /** Sets a key to a value of a type told by its class; a Long that fits becomes u32. */
  public GgufWriter put(String key, Object value) {
    return put(key, ValueType.of(value), value);
  }

  public GgufWriter u32(String key, long value) {
    return put(key, ValueType.U32, value);
  }

  public GgufWriter strings(String key, List<String> values) {
    return put(key, new MetadataArray(ValueType.STRING, values));
  }

  public GgufWriter i32s(String key, int[] values) {
    return put(key, new MetadataArray(ValueType.I32, Arrays.stream(values).boxed().toList()));
  }

  public GgufWriter f32s(String key, float[] values) {
    List<Float> list = new ArrayList<>(values.length);
    for (float value : values) {
      list.add(value);
    }
    return put(key, new MetadataArray(ValueType.F32, list));
  }

  /** Copies all keys with their types. */
  public GgufWriter putAll(Metadata other) {
    for (String key : other.keys()) {
      put(key, other.type(key), other.get(key));
    }
    return this;
  }

  /** Copies all keys with their types, but for those that say how the file was split. */
  public GgufWriter putUnsplit(Metadata other) {
    for (String key : other.keys()) {
      if (!SplitParts.KEYS.contains(key)) {
        put(key, other.type(key), other.get(key));
      }
    }
    return this;
  }

  /** Takes a key back, if it was set. */
  public GgufWriter remove(String key) {
    metadata.remove(key);
    if (key.equals(Shapes.ALIGNMENT_KEY)) {
      alignment = Shapes.DEFAULT_ALIGNMENT;
    }
    return this;
  }

  /**
   * Adds a tensor; they are written in this order.
   *
   * @param shape in ggml's order, columns first; 1 to 4 dimensions
   * @param data must supply exactly the bytes that type and shape say
   * @throws IllegalArgumentException if there is one of this name, or none can have this type and
   *     shape
   */
  public GgufWriter tensor(String name, TensorType type, List<Long> shape, TensorData data) {
    return tensor(new TensorSpec(name, type, shape, data));
  }

  /**
   * Adds a tensor; they are written in this order.
   *
   * @throws IllegalArgumentException if there is one of this name
   */
  public GgufWriter tensor(TensorSpec tensor) {
    if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
      throw new IllegalArgumentException(
          "tensor " + Printable.quote(tensor.name()) + " was added already");
    }
    return this;
  }

  /** Adds a tensor with its data in memory. */
  public GgufWriter tensor(String name, TensorType type, List<Long> shape, MemorySegment data) {
    return tensor(name, type, shape, TensorData.of(data));
  }

  /** Adds a copy of another file's tensor. */
  public GgufWriter tensor(GgufTensor tensor) {
    return tensor(TensorSpec.of(tensor));
  }

  /**
   * Writes the file as {@link PendingFiles} does: it replaces a file of that name when all is
   * written, and on failure nothing is left behind.
   *
   * @throws IllegalStateException if a tensor's data has another length than it should
   */
  public void write(Path target) throws IOException {
    writeAll(Map.of(target, this));
  }

  /** Writes several files as {@link #write(Path)} does; none takes its name before the last. */
  static void writeAll(Map<Path, GgufWriter> files) throws IOException {
    try (PendingFiles pending = new PendingFiles()) {
      for (Map.Entry<Path, GgufWriter> file : files.entrySet()) {
        pending.add(file.getKey(), file.getValue()::writeTo);
      }
      pending.commit();
    }
  }

  /** Writes the file to a channel, which is not closed. */
  public void writeTo(WritableByteChannel channel) throws IOException {
    BufferedOutput out = new BufferedOutput(channel);
    writeHeader(out);
    for (TensorSpec tensor : tensors.values()) {
      out.padTo(Shapes.align(out.position(), alignment));
      long end = out.position() + tensor.bytes();
      out.limit(end);
      try {
        tensor.data().writeTo(out);
      } catch (IllegalStateException e) {
        throw new IllegalStateException(
            "tensor " + Printable.quote(tensor.name()) + ": " + e.getMessage(), e);
      }
      if (out.position() < end) {
        throw new IllegalStateException(
            String.format(
                "tensor %s: %d bytes of data are missing of %d",
                Printable.quote(tensor.name()), end - out.position(), tensor.bytes()));
      }
      out.limit(Long.MAX_VALUE);
    }
    if (!tensors.isEmpty()) {
      out.padTo(Shapes.align(out.position(), alignment));
    }
    out.flush();
  }

  private void writeHeader(BufferedOutput out) throws IOException {
    out.write(new byte[] {'G', 'G', 'U', 'F'});
    out.write(new Encoder().i32(VERSION).i64(tensors.size()).i64(metadata.size()).toBytes());
    for (Map.Entry<String, byte[]> entry : metadata.entrySet()) {
      out.write(new Encoder().string(entry.getKey()).raw(entry.getValue()).toBytes());
    }
    long offset = 0;
    for (TensorSpec tensor : tensors.values()) {
      Encoder line = new Encoder().string(tensor.name()).i32(tensor.shape().size());
      tensor.shape().forEach(line::i64);
      out.write(line.i32(tensor.type().ggufId()).i64(offset).toBytes());
      offset = Shapes.align(offset + tensor.bytes(), alignment);
    }
  }
}
