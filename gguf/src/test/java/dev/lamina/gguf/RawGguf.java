package dev.lamina.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Builds GGUF bytes field by field, right or wrong. */
final class RawGguf {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Version 3 with these counts. */
  static RawGguf header(long nTensors, long nKeys) {
    return header(3, nTensors, nKeys);
  }

  static RawGguf header(int version, long nTensors, long nKeys) {
    RawGguf raw = new RawGguf();
    raw.out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    return raw.i32(version).i64(nTensors).i64(nKeys);
  }

  RawGguf integer(long value, int nBytes) {
    for (int i = 0; i < nBytes; i++) {
      out.write((int) (value >>> 8 * i));
    }
    return this;
  }

  RawGguf i32(long value) {
    return integer(value, 4);
  }

  RawGguf i64(long value) {
    return integer(value, 8);
  }

  RawGguf raw(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  RawGguf text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    i64(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  RawGguf key(String key, ValueType type) {
    return text(key).i32(type.id());
  }

  RawGguf array(String key, ValueType elements, long count) {
    return key(key, ValueType.ARRAY).i32(elements.id()).i64(count);
  }

  RawGguf u32(String key, long value) {
    return key(key, ValueType.U32).i32(value);
  }

  /** A line of the tensor table. */
  RawGguf tensor(String name, int type, long offset, long... shape) {
    text(name).i32(shape.length);
    for (long n : shape) {
      i64(n);
    }
    return i32(type).i64(offset);
  }

  /** Zeros up to a multiple of 32, and more. */
  RawGguf data(int nBytes) {
    while (out.size() % 32 != 0) {
      out.write(0);
    }
    out.writeBytes(new byte[nBytes]);
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  GgufFile open() {
    return GgufFile.of(MemorySegment.ofArray(bytes()), "test.gguf");
  }
}
